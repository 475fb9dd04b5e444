namespace VenvBuild.Packaging.Tests;

public sealed class Versions
{
    private static readonly string[] Ordered =
    [
        "0.dev0", "0", "0.post1", "1.dev0", "1.dev5", "1a0.dev0", "1a0", "1a0.post0.dev0", "1a0.post0", "1a1", "1b0", "1rc1.dev1", "1rc1", "1rc2", "1", "1+a",
        "1+a.1", "1+0", "1+1.a", "1+1.0", "1+2", "1+10", "1.post0.dev0", "1.post0", "1.post1.dev2", "1.post1", "1.0.0.0.1", "1.0.1", "1.1", "1.255", "1.256",
        "1.1000", "2", "10", "65535", "65536", "70000.1", "99999999999999999999999999", "1!0.dev0", "1!0", "2!0",
    ];

    [Fact]
    public void Order_as_the_standard_orders_them()
    {
        var versions = Ordered.Select(text => PackageVersion.Parse(text)).ToList();
        for (var i = 0; i < versions.Count; i++)
        {
            for (var j = 0; j < versions.Count; j++)
            {
                Assert.True(i.CompareTo(j) == Math.Sign(versions[i].CompareTo(versions[j])), $"{versions[i]} and {versions[j]}");
                Assert.True(i.CompareTo(j) == Math.Sign(string.CompareOrdinal(versions[i].SortKey, versions[j].SortKey)), $"keys of {versions[i]} and {versions[j]}");
            }
        }
    }

    [Fact]
    public void Have_one_total_order_that_keys_and_hashes_agree_with() =>
        VersionGen.Version.Select(VersionGen.Version, VersionGen.Version).Sample((a, b, c) =>
        {
            var order = Math.Sign(a.CompareTo(b));
            Assert.Equal(Math.Sign(SpecifierReading.Compare(a, b)), order);
            Assert.Equal(-order, Math.Sign(b.CompareTo(a)));
            Assert.Equal(order, Math.Sign(string.CompareOrdinal(a.SortKey, b.SortKey)));
            Assert.Equal(order == 0, a.Equals(b));
            if (order == 0)
                Assert.Equal(a.GetHashCode(), b.GetHashCode());
            if (order <= 0 && b.CompareTo(c) <= 0)
                Assert.True(a.CompareTo(c) <= 0);
        }, iter: 20_000);

    [Theory]
    [InlineData("v1.0", "1.0")]
    [InlineData(" 1.0\t", "1.0")]
    [InlineData("1.0-ALPHA.1", "1.0a1")]
    [InlineData("1.0preview_2", "1.0rc2")]
    [InlineData("1.0c", "1.0rc0")]
    [InlineData("1.0-1", "1.0.post1")]
    [InlineData("1.0rev", "1.0.post0")]
    [InlineData("1.0.DEV", "1.0.dev0")]
    [InlineData("01.002", "1.2")]
    [InlineData("1!02.0", "1!2.0")]
    [InlineData("1.0+Ubuntu-01_x", "1.0+ubuntu.1.x")]
    [InlineData("1.0.0", "1.0.0")]
    public void Have_a_normal_form(string text, string normal)
    {
        Assert.Equal(normal, PackageVersion.Parse(text).ToString());
        Assert.Equal(PackageVersion.Parse(normal), PackageVersion.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("french toast")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1..0")]
    [InlineData("1.0+")]
    [InlineData("1.0+a..b")]
    [InlineData("1.0++")]
    [InlineData("1.0-")]
    [InlineData("1.0a-")]
    [InlineData("!1")]
    [InlineData("1.0po\u017ft1")]
    [InlineData("\u0661.0")]
    [InlineData("1.0 .1")]
    public void Refuse_what_is_none(string text) => Assert.Throws<PackagingFormatException>(() => PackageVersion.Parse(text));

    [Fact]
    public void Of_any_text_end_in_a_version_or_in_none()
    {
        Gen.OneOf(
            Gen.Char["0123456789.+-_!abcdevprost \u0660\u212a\u017f"].Array[0, 20].Select(chars => new string(chars)),
            Gen.String).Sample(text =>
            {
                if (VersionSpecifiers.TryParse(text, out var specifiers))
                    Assert.Equal(specifiers, VersionSpecifiers.Parse(specifiers.ToString()));
                if (WheelFileName.TryParse($"x-{text}-py3-none-any.whl", out var wheel))
                    Assert.DoesNotContain(wheel.Text, char.IsWhiteSpace);
                if (SdistFileName.TryParse($"{text}-1.zip", out var sdist))
                    Assert.Equal("1", sdist.Version.ToString());
                if (PackageName.TryParse(text, out var name))
                    Assert.True(NormalName.IsNormal(name.Value));
                if (PackageVersion.TryParse(text, out var version))
                    Assert.Equal(version.ToString(), PackageVersion.Parse(version.ToString()).ToString());
            }, iter: 20_000);
        Assert.False(PackageVersion.TryParse(new string('9', 2000), out _));
    }
}

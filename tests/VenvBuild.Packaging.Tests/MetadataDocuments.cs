using System.Text;

namespace VenvBuild.Packaging.Tests;

public sealed class MetadataDocuments
{
    private const string Head = "Metadata-Version: 2.4\nName: Demo.Pkg\nVersion: 1.0\n";

    [Fact]
    public void Tell_what_resolving_needs()
    {
        var metadata = Parse(Head + """
            requires-python: >=3.9,
             <4
            Requires-Dist: requests[socks] (>2.7); sys_platform != "win32"
            REQUIRES-DIST: rich>=1
            Provides-Extra: Test_All
            Provides-Extra: test-all
            Dynamic: Requires-Dist
            Summary: a demonstration

            Requires-Dist: in-the-body
            """);
        Assert.Equal(("2.4", "demo-pkg", "1.0"), (metadata.MetadataVersion, metadata.Name.Value, metadata.Version.ToString()));
        Assert.Equal(">=3.9,<4", metadata.RequiresPython!.ToString());
        Assert.Equal(["requests", "rich"], metadata.RequiresDist.Select(requirement => requirement.Name.Value));
        Assert.NotNull(metadata.RequiresDist[0].Marker);
        Assert.Equal(["test-all"], metadata.ProvidesExtra.Select(extra => extra.Value));
        Assert.Equal(["requires-dist"], metadata.Dynamic);
        Assert.Empty(metadata.OtherFields);
        Assert.Empty(metadata.Repairs);
    }

    [Fact]
    public void Keep_the_rest_when_asked()
    {
        var metadata = CoreMetadata.Parse(
            Encoding.UTF8.GetBytes(Head + "License-Expression: MIT\r\nClassifier: A\r\nClassifier: B\r\nDescription: one\r\n        two\r\n\r\nbody"),
            MetadataDetail.Everything);
        Assert.Equal("MIT", metadata.Field("license-expression"));
        Assert.Equal("one\r\n        two", metadata.Field("Description"));
        Assert.Equal(2, metadata.OtherFields.Count(field => field.Key == "classifier"));
        Assert.Null(metadata.Field("summary"));
    }

    [Theory]
    [InlineData("Requires-Dist: demo>=1.9.*")]
    [InlineData("Requires-Python: >=3.6,!=3.0*")]
    [InlineData("Provides-Extra: not a name")]
    [InlineData("a line of a description that was never folded\nRequires-Dist: lost")]
    public void Say_what_was_mended_or_left_out(string line)
    {
        var metadata = Parse(Head + line + "\n");
        Assert.Single(metadata.Repairs);
        Assert.DoesNotContain(metadata.RequiresDist, requirement => requirement.Name.Value == "lost");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Name: x\nVersion: 1\n")]
    [InlineData("Metadata-Version: 2.1\nVersion: 1\n")]
    [InlineData("Metadata-Version: 2.1\nName: x\n")]
    [InlineData("Metadata-Version: 3.0\nName: x\nVersion: 1\n")]
    [InlineData("Metadata-Version: two\nName: x\nVersion: 1\n")]
    [InlineData("Metadata-Version: 2.1\nName: x y\nVersion: 1\n")]
    [InlineData("Metadata-Version: 2.1\nName: x\nVersion: UNKNOWN\n")]
    [InlineData(Head + "Name: other\n")]
    [InlineData(Head + "Requires-Dist: ???\n")]
    [InlineData(Head + "Requires-Python: three\n")]
    [InlineData("\n" + Head)]
    public void That_are_none_are_refused(string text) => Assert.Throws<PackagingFormatException>(() => Parse(text));

    [Fact]
    public void Longer_than_anything_published_are_refused()
    {
        Assert.Throws<PackagingFormatException>(() => CoreMetadata.Parse(new byte[CoreMetadata.MaxLength + 1]));
        Assert.Throws<PackagingFormatException>(() => Parse(Head + "Requires-Dist: " + new string('x', 70_000) + "\n"));
        Assert.Throws<PackagingFormatException>(() => Parse(Head + string.Concat(Enumerable.Repeat("X: 1\n", 100_001))));
    }

    [Fact]
    public void Cut_or_changed_anywhere_end_in_metadata_or_in_their_own_error()
    {
        var good = Encoding.UTF8.GetBytes(
            Head + "Requires-Python: >=3.9\nRequires-Dist: requests[socks] (>2.7); sys_platform != \"win32\" and extra == 'x'\nProvides-Extra: x\n\nbody");
        Gen.Int[0, good.Length - 1].Select(Gen.Byte, Gen.Int[0, 2]).Sample(
            (at, value, kind) =>
            {
                try
                {
                    CoreMetadata.Parse(kind switch { 0 => good[..at], 1 => [.. good[..at], value, .. good[(at + 1)..]], _ => [.. good[..at], value, .. good[at..]] });
                }
                catch (PackagingFormatException)
                {
                }
            },
            iter: 5000);
    }

    private static CoreMetadata Parse(string text) => CoreMetadata.Parse(Encoding.UTF8.GetBytes(text));
}

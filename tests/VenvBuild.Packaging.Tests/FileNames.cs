namespace VenvBuild.Packaging.Tests;

public sealed class FileNames
{
    [Theory]
    [InlineData("requests-2.32.0-py3-none-any.whl", "requests", "2.32.0", null, 1)]
    [InlineData("zope.interface-6.0-1-cp311-cp311-win_amd64.whl", "zope-interface", "6.0", "1", 1)]
    [InlineData("a_b-1.0+cu121-007abc.x-py2.py3-none-any.whl", "a-b", "1.0+cu121", "7abc.x", 2)]
    [InlineData("numpy-2.0.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "numpy", "2.0.0", null, 2)]
    [InlineData("foo_b\u00e1r-1.0-py3-none-any.whl", "foo-b\u00e1r", "1.0", null, 1)]
    [InlineData("x-1!2.0-CP39-ABI3-Win_AMD64.whl", "x", "1!2.0", null, 1)]
    public void Of_wheels_are_taken_apart(string text, string name, string version, string? build, int tags)
    {
        var wheel = WheelFileName.Parse(text);
        Assert.Equal(name, wheel.Name.Value);
        Assert.Equal(version, wheel.Version.ToString());
        Assert.Equal(build, wheel.Build?.ToString());
        Assert.Equal(tags, wheel.Tags.Count);
        Assert.Equal(tags, wheel.Tags.Expand().Distinct().Count());
        Assert.Equal(text, wheel.ToString());
    }

    [Theory]
    [InlineData("x-1.0-py3-none-any.zip")]
    [InlineData("x-1.0-py3-none-any.WHL")]
    [InlineData("x-1.0-py3-none.whl")]
    [InlineData("x-1.0-1-py3-none-any-x8664v3.whl")]
    [InlineData("x-1.0-py3-none-any-x8664v3.whl")]
    [InlineData("x__y-1.0-py3-none-any.whl")]
    [InlineData("-1.0-py3-none-any.whl")]
    [InlineData("x-one-py3-none-any.whl")]
    [InlineData("x- 1.0-py3-none-any.whl")]
    [InlineData("x-1.0\u00a0-py3-none-any.whl")]
    [InlineData("x-1.0-b1-py3-none-any.whl")]
    [InlineData("x-1.0-1/../../x-py3-none-any.whl")]
    [InlineData("x-1.0-py3.-none-any.whl")]
    [InlineData("x-1.0-py3--any.whl")]
    [InlineData("x-1.0-3-none-any.whl")]
    [InlineData("x-1.0-py3-none-any\n.whl")]
    [InlineData("../x-1.0-py3-none-any.whl")]
    [InlineData("")]
    [InlineData(".whl")]
    public void That_are_no_wheels_are_refused(string text)
    {
        Assert.False(WheelFileName.TryParse(text, out _));
        Assert.Throws<PackagingFormatException>(() => WheelFileName.Parse(text));
    }

    [Fact]
    public void A_tag_set_that_stands_for_too_much_is_refused()
    {
        var many = string.Join('.', Enumerable.Range(0, 17).Select(i => $"p{i}"));
        Assert.True(WheelTagSet.TryParse("py3-none-any", out _));
        Assert.False(WheelTagSet.TryParse($"{many}-{many}-{many}", out _));
    }

    [Fact]
    public void Equal_tag_sets_are_one_object() =>
        Assert.Same(WheelTagSet.Parse("CP39-ABI3-Win_AMD64"), WheelFileName.Parse("x-1-cp39-abi3-win_amd64.whl").Tags);

    [Fact]
    public void Build_tags_order_by_number_then_text_and_absent_is_lowest()
    {
        BuildTag? none = null, one = new(1, ""), oneA = new(1, "a"), two = new(2, ""), ten = new(10, "");
        BuildTag?[] shuffled = [ten, oneA, none, two, one];
        Assert.Equal([none, one, oneA, two, ten], shuffled.OrderBy(build => build, Comparer<BuildTag?>.Default));
    }

    [Theory]
    [InlineData("foo-1.0.tar.gz", "foo", "1.0", false)]
    [InlineData("foo-bar-1.0.tar.gz", "foo-bar", "1.0", false)]
    [InlineData("Foo.Bar-1.0rc1.zip", "foo-bar", "1.0rc1", true)]
    public void Of_sdists_are_taken_apart_at_the_last_dash(string text, string name, string version, bool isZip)
    {
        var sdist = SdistFileName.Parse(text);
        Assert.Equal((name, version, isZip), (sdist.Name.Value, sdist.Version.ToString(), sdist.IsZip));
    }

    [Theory]
    [InlineData("docutils-0.3-2.tar.gz", "docutils", "0.3.post2")]
    [InlineData("foo-bar-1.0.tar.gz", "foo-bar", "1.0")]
    [InlineData("foo_2-1.0.zip", "foo-2", "1.0")]
    public void Of_sdists_of_a_known_project_may_hold_dashes_in_the_version(string text, string project, string version)
    {
        Assert.True(SdistFileName.TryParse(text, PackageName.Parse(project), out var sdist));
        Assert.Equal(version, sdist.Version.ToString());
    }

    [Theory]
    [InlineData("foo-1.0.tar.bz2")]
    [InlineData("foo-1.0.tgz")]
    [InlineData("foo-1.0.win32.exe")]
    [InlineData("foo-1.0-py2.7.egg")]
    [InlineData("foo1.0.tar.gz")]
    [InlineData("foo-1.x.tar.gz")]
    [InlineData("-1.0.zip")]
    [InlineData("foo- 1.0.zip")]
    [InlineData("a/foo-1.0.zip")]
    public void That_are_no_sdists_are_refused(string text)
    {
        Assert.False(SdistFileName.TryParse(text, out _));
        Assert.Throws<PackagingFormatException>(() => SdistFileName.Parse(text));
    }

    [Fact]
    public void Of_sdists_of_another_project_are_refused() =>
        Assert.False(SdistFileName.TryParse("foo-bar-1.0.tar.gz", PackageName.Parse("foo"), out _));
}

using System.Text;

namespace VenvBuild.Packaging.Tests;

public sealed class HtmlPages
{
    private const string Digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly Uri Base = new("https://index.example/simple/demo/");

    [Fact]
    public void Tell_all_that_they_say_of_a_file()
    {
        var page = Parse($"""
            <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4"><meta name="pypi:project-status" content="deprecated">
            <meta name="pypi:project-status-reason" content="use &quot;other&quot;"><title>Links <a href="demo-9.zip">for</a> demo</title></head><body>
            <!-- <a href="demo-8.zip">no</a> --><script>var x = "<a href='demo-7.zip'>";</script>
            <a href="../../f/demo-1.0-py3-none-any.whl#md5=x&amp;sha256={Digest}" data-requires-python="&gt;=3.9" data-dist-info-metadata="sha256={Digest}"
               data-core-metadata="sha256={Digest}" data-yanked="bad &#x27;one&#39;" data-provenance="https://index.example/p">demo-1.0-py3-none-any.whl</a><br/>
            <A HREF=demo-1.0.tar.gz DATA-YANKED data-requires-python='>=3.8'>demo-1.0.tar.gz</A>
            </body></html>
            """);
        Assert.Equal(("1.4", ProjectStatus.Deprecated, "use \"other\""), (page.ApiVersion, page.Status, page.StatusReason));
        Assert.Equal(2, page.Files.Count);
        var wheel = page.Files[0];
        Assert.Equal("https://index.example/f/demo-1.0-py3-none-any.whl", wheel.Url.AbsoluteUri);
        Assert.Equal(Digest, wheel.Sha256.ToString());
        Assert.Equal((true, Digest), (wheel.HasCoreMetadata, wheel.CoreMetadataSha256.ToString()));
        Assert.Equal(">=3.9", wheel.RequiresPython!.ToString());
        Assert.Equal((true, "bad 'one'"), (wheel.IsYanked, wheel.YankedReason));
        Assert.Equal("https://index.example/p", wheel.Provenance!.AbsoluteUri);
        var sdist = page.Files[1];
        Assert.Equal("https://index.example/simple/demo/demo-1.0.tar.gz", sdist.Url.AbsoluteUri);
        Assert.Equal(">=3.8", sdist.RequiresPython!.ToString());
        Assert.True(sdist.IsYanked);
        Assert.Null(sdist.YankedReason);
        Assert.Null(sdist.Sha256);
        Assert.False(sdist.HasCoreMetadata);
    }

    [Theory]
    [InlineData("<a href=\"demo-1.zip\">", 1)]
    [InlineData("<a\n\thref = 'demo-1.zip'\n>", 1)]
    [InlineData("<a href=demo-1.zip>", 1)]
    [InlineData("<a disabled href=demo-1.zip href=other-2.zip>", 1)]
    [InlineData("<a href=demo-1.zip", 1)]
    [InlineData("<a href=\"demo-1.zip", 1)]
    [InlineData("<a x=\">\" href=\"demo-1.zip\">", 1)]
    [InlineData("<a =x href=\"demo-1.zip\"/>", 1)]
    [InlineData("<a name=\"demo-1.zip\">", 0)]
    [InlineData("<abbr href=\"demo-1.zip\">", 0)]
    [InlineData("</a href=\"demo-1.zip\"><p>", 0)]
    [InlineData("<p><!-- <a href=\"demo-1.zip\">", 0)]
    [InlineData("<style><a href=\"demo-1.zip\"></styl", 0)]
    [InlineData("<STYLE></Style><a href=\"demo-1.zip\">", 1)]
    [InlineData("<p>1 < 2 <a href=\"demo-1.zip\">", 1)]
    [InlineData("<?xml <a href='x'>?><a href=\"demo-1.zip\"><", 1)]
    public void Are_read_as_browsers_do(string html, int files) => Assert.Equal(files, Parse(html).Files.Count);

    [Fact]
    public void May_move_the_base_of_their_addresses_once() => Assert.Equal(
        ["https://other.example/d/demo-1.zip", "https://other.example/demo-2.zip"],
        Parse("<base href='//other.example/d/'><base href='/no/'><a href='demo-1.zip'></a><a href='/demo-2.zip'></a>")
            .Files.Select(file => file.Url.AbsoluteUri));

    [Fact]
    public void Name_a_file_by_the_last_part_of_its_address() => Assert.Equal(
        "demo-1.0+local-py3-none-any.whl",
        Assert.Single(Parse("<a href='/x/demo-1.0%2Blocal-py3-none-any.whl?token=/a/b.zip'>anything</a>").Files).FileName);

    [Fact]
    public void Of_links_to_many_projects_keep_them_all_unless_one_is_asked_for()
    {
        var html = "<a href='../'>up</a><a href='demo-1.zip'></a><a href='other-1.zip'></a>"u8.ToArray();
        var flat = ProjectPage.ParseHtml(html, Base);
        Assert.Null(flat.Name);
        Assert.Equal(["demo", "other"], flat.Files.Select(file => file.Name.Value));
        var asked = ProjectPage.ParseHtml(html, Base, PackageName.Parse("other"));
        Assert.Equal("other", Assert.Single(asked.Files).Name.Value);
        Assert.Equal(2, asked.SkippedCount);
    }

    [Theory]
    [InlineData("<a href='file:///etc/demo-1.zip'>")]
    [InlineData("<a href='javascript:demo-1.zip'>")]
    [InlineData("<a href='data:x/demo-1.zip'>")]
    public void Pass_over_links_that_leave_the_web(string html) => Assert.Empty(Parse(html).Files);

    [Fact]
    public void Of_a_folder_may_name_its_files() => Assert.True(Assert.Single(
        ProjectPage.ParseHtml("<a href='file:///wheels/demo-1.zip'>"u8.ToArray(), new("file:///wheels/index.html")).Files).Url.IsFile);

    [Theory]
    [InlineData("")]
    [InlineData("not found")]
    [InlineData("{\"files\": []}")]
    [InlineData("<meta name='pypi:repository-version' content='2.0'>")]
    [InlineData("<a href='demo-1.zip#sha256=12'>")]
    public void That_are_none_are_refused(string html) => Assert.Throws<PackagingFormatException>(() => Parse(html));

    [Fact]
    public void Hold_no_surprise_for_the_reader()
    {
        string[] parts = ["<", ">", "a ", "href", "=", "\"", "'", "demo-1.zip", "<!--", "-->", "<script>", "</script", "&#x;", "&amp;", "#sha256=", "%2", "\0", "\u00e9", "<base href=", "//[", "://", " "];
        Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 30].Sample(some =>
        {
            try
            {
                Assert.All(Parse(string.Concat(some)).Files, file => Assert.True(file.Url.IsAbsoluteUri));
            }
            catch (PackagingFormatException)
            {
            }
        }, iter: 10_000);
    }

    private static ProjectPage Parse(string html) => ProjectPage.ParseHtml(Encoding.UTF8.GetBytes(html), Base);
}

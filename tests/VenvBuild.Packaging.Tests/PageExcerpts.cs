using System.Buffers;
using System.Text;

namespace VenvBuild.Packaging.Tests;

/// <summary>A page from which the files of other releases were left out says the same of those that are asked for.</summary>
public sealed class PageExcerpts
{
    private static readonly Uri Base = new("https://index.example/simple/demo/");
    private static readonly PackageName Demo = PackageName.Parse("demo");

    private static readonly string[] Names =
    [
        "demo-1.0-py3-none-any.whl", "demo-1.0.0-1-py3-none-any.whl", "Demo-1.0-cp311-cp311-win_amd64.whl", "demo-1.0.tar.gz", "demo-1.0-1.tar.gz", "demo-1.0.post1.zip",
        "demo-2.0-py3-none-any.whl", "demo-2.0.tar.gz", "demo-2.0rc1-py3-none-any.whl", "demo-2.0+local-py3-none-any.whl", "demo-1.0.egg", "other-2.0-py3-none-any.whl",
        "demo-v1.0-py3-none-any.whl", "demo-", "-", ".whl", "demo-1-0.whl", "de-mo-1.0.tar.gz", "demo-\\u0031.0-py3-none-any.whl", "a]b}c,d.whl", "q\\\"}],.whl",
    ];

    private static readonly byte[] Structure = "\"\\{}[],: f"u8.ToArray();

    [Fact]
    public void Of_a_page_only_the_asked_releases_stay()
    {
        var page = Page([.. Names.Take(8).Select(name => File(name))]);

        Assert.True(TryWrite(page, ["2.0"], out var excerpt));
        Assert.Equal(["demo-1.0-1.tar.gz", "demo-2.0-py3-none-any.whl", "demo-2.0.tar.gz"], Read(excerpt).Files.Select(file => file.FileName));
        Assert.True(TryWrite(page, ["1.0"], out excerpt));
        Assert.Equal(
            ["demo-1.0-py3-none-any.whl", "demo-1.0.0-1-py3-none-any.whl", "Demo-1.0-cp311-cp311-win_amd64.whl", "demo-1.0.tar.gz", "demo-1.0-1.tar.gz"],
            Read(excerpt).Files.Select(file => file.FileName));
        Assert.Equal("1.1", Read(excerpt).ApiVersion);
    }

    [Fact]
    public void What_is_asked_for_is_said_as_on_the_whole_page() =>
        Gen.Select(Gen.OneOf(Names).Array[0, 12], Gen.OneOf("1.0", "2.0", "2.0rc1", "1.0.post1", "7").Array[1, 3], Gen.Int[0, 7]).Sample(
            (names, versions, form) =>
            {
                var page = Page(names.Select((name, i) => File(name, (form + i) % 8)), (form & 1) == 0);
                var wanted = Set(versions);

                Assert.True(TryWrite(page, versions, out var excerpt));
                Assert.Equal(Told(Read(page), wanted), Told(Read(excerpt), wanted));
            },
            iter: 3000);

    [Fact]
    public void No_damage_makes_an_excerpt_say_what_the_page_does_not()
    {
        var good = Page(Names.Take(10).Select(name => File(name, 5)));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Bool.Select(Gen.Byte, (isStructure, value) => isStructure ? Structure[value % Structure.Length] : value), Gen.Int[0, 2]).Sample(
            (at, value, kind) =>
            {
                byte[] page = kind switch { 0 => good[..at], 1 => [.. good[..at], value, .. good[(at + 1)..]], _ => [.. good[..at], value, .. good[at..]] };
                if (TryReadPage(page) is not { } whole || !TryWrite(page, ["1.0"], out var excerpt))
                    return;
                var wanted = Set(["1.0"]);
                Assert.Equal(Told(whole, wanted), Told(Read(excerpt), wanted));
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"files": {}}""")]
    [InlineData("""{"nested": {"files": []}}""")]
    [InlineData("""{"files": [7]}""")]
    [InlineData("""{"files": [{"filename": "demo-2.0.zip"}""")]
    [InlineData("""{"files": [{"filename": "demo-2.0.zip"} {}]}""")]
    [InlineData("""{"files": [,]}""")]
    public void A_page_that_is_not_built_as_pages_are_is_left_to_the_reader(string page) =>
        Assert.False(TryWrite(Encoding.UTF8.GetBytes(page), ["1.0"], out _));

    private static byte[] Page(IEnumerable<string> files, bool isFilesFirst = false)
    {
        var list = $"\"files\": [{string.Join(isFilesFirst ? "," : " ,\n", files)}]";
        var rest = """ "meta": {"api-version": "1.1", "files": ["x"]}, "name": "demo", "versions": ["1.0"]""";
        return Encoding.UTF8.GetBytes(isFilesFirst ? $"{{{list},{rest}}}" : $"{{{rest}, {list} }}");
    }

    private static string File(string name, int form = 0)
    {
        var hashes = $"\"hashes\": {{\"sha256\": \"{new string('a', 64)}\"}}";
        return form switch
        {
            1 => $$"""{"url": "x", {{hashes}}, "filename": "{{name}}"}""",
            2 => $$"""{"url": "x", {{hashes}}, "filename": 7, "filename": "{{name}}"}""",
            3 => $$"""{"filename": "demo-9.zip", "filename": "{{name}}", "url": "x", {{hashes}}}""",
            4 => $$"""{"f\u0069lename": "{{name}}", "url": "x", {{hashes}}}""",
            5 => $$"""{"more": [{"filename": "demo-9.zip"}, "]}\\"], "filename": "{{name}}", "url": "x", {{hashes}}, "yanked": "a \"b\" }"}""",
            6 => $$"""{ "filename" : "{{name}}" , "url" : "x" , {{hashes}} }""",
            7 => $$"""{"url": "x", {{hashes}}}""",
            _ => $$"""{"filename": "{{name}}", "url": "x", {{hashes}}}""",
        };
    }

    private static List<string> Told(ProjectPage page, HashSet<PackageVersion> versions) =>
        [.. page.Files.Where(file => versions.Contains(file.Version)).Select(file => $"{file.FileName} {file.Url} {file.Sha256} {file.IsYanked} {file.YankedReason}")];

    private static HashSet<PackageVersion> Set(IEnumerable<string> versions) => [.. versions.Select(PackageVersion.Parse)];

    private static ProjectPage Read(byte[] page) => ProjectPage.ParseJson(page, Base, Demo);

    private static ProjectPage? TryReadPage(byte[] page)
    {
        try
        {
            return Read(page);
        }
        catch (PackagingFormatException)
        {
            return null;
        }
    }

    private static bool TryWrite(byte[] page, IEnumerable<string> versions, out byte[] excerpt)
    {
        var written = new ArrayBufferWriter<byte>();
        var isWritten = JsonPageExcerpt.TryWrite(page, Demo, Set(versions), written);
        excerpt = written.WrittenSpan.ToArray();
        return isWritten;
    }
}

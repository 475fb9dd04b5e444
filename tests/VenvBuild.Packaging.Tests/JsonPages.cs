using System.Text;

namespace VenvBuild.Packaging.Tests;

public sealed class JsonPages
{
    private const string Digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly Uri Base = new("https://index.example/simple/demo/");

    [Fact]
    public void Tell_all_that_they_say_of_a_file()
    {
        var page = Parse($$$"""
            {"files": [{"filename": "demo-1.0-py3-none-any.whl", "url": "../../files/demo-1.0-py3-none-any.whl#x", "hashes": {"md5": "x", "sha256": "{{{Digest}}}"},
              "requires-python": ">=3.9", "size": 17, "upload-time": "2025-03-04T05:06:07.891Z", "yanked": "broken\u001b[2J",
              "core-metadata": {"sha256": "{{{Digest}}}"}, "provenance": "https://index.example/p", "gpg-sig": false, "future": {"a": [1, {}]}}],
             "meta": {"api-version": "1.1", "_last-serial": 1}, "name": "Demo", "versions": ["1.0", "2.0"]}
            """);
        Assert.Equal("demo", page.Name!.Value.Value);
        Assert.Equal("1.1", page.ApiVersion);
        Assert.Equal(["1.0", "2.0"], page.Versions.Select(version => version.ToString()));
        Assert.Empty(page.Warnings);
        var file = Assert.Single(page.Files);
        Assert.Equal("demo-1.0-py3-none-any.whl", file.FileName);
        Assert.Equal("https://index.example/files/demo-1.0-py3-none-any.whl", file.Url.AbsoluteUri);
        Assert.Equal("py3-none-any", file.Wheel!.Tags.ToString());
        Assert.Equal(Digest, file.Sha256.ToString());
        Assert.Equal(Digest, file.CoreMetadataSha256.ToString());
        Assert.True(file.HasCoreMetadata);
        Assert.Equal(">=3.9", file.RequiresPython!.ToString());
        Assert.Equal(17, file.Size);
        Assert.Equal(new DateTimeOffset(2025, 3, 4, 5, 6, 7, 891, TimeSpan.Zero), file.UploadTime);
        Assert.True(file.IsYanked);
        Assert.Equal("broken [2J", file.YankedReason);
        Assert.Equal("https://index.example/p", file.Provenance!.AbsoluteUri);
    }

    [Fact]
    public void Leave_unsaid_what_they_do_not_say()
    {
        var file = Assert.Single(Parse("""
            {"name": "demo", "files": [{"filename": "demo-1.0.tar.gz", "url": "demo-1.0.tar.gz", "hashes": {}, "requires-python": null, "yanked": false,
             "core-metadata": false, "upload-time": "2025-03-04T05:06:07", "size": -1, "provenance": null}]}
            """).Files);
        Assert.Equal("https://index.example/simple/demo/demo-1.0.tar.gz", file.Url.AbsoluteUri);
        Assert.Equal("1.0", file.Sdist!.Version.ToString());
        Assert.Null(file.Wheel);
        Assert.Null(file.Sha256);
        Assert.Null(file.RequiresPython);
        Assert.Null(file.YankedReason);
        Assert.Null(file.Size);
        Assert.Null(file.UploadTime);
        Assert.Null(file.Provenance);
        Assert.False(file.IsYanked);
        Assert.False(file.HasCoreMetadata);
    }

    [Theory]
    [InlineData("\"core-metadata\": true", true, false)]
    [InlineData("\"core-metadata\": {\"sha512\": \"x\"}", true, false)]
    [InlineData("\"dist-info-metadata\": {\"sha256\": \"" + Digest + "\"}", true, true)]
    [InlineData("\"core-metadata\": true, \"dist-info-metadata\": {\"sha256\": \"" + Digest + "\"}", true, false)]
    [InlineData("\"dist-info-metadata\": false, \"core-metadata\": {\"sha256\": \"" + Digest + "\"}", true, true)]
    [InlineData("\"dist-info-metadata\": \"yes\"", false, false)]
    public void Say_under_either_name_whether_metadata_is_there(string said, bool isThere, bool hasDigest)
    {
        var file = Assert.Single(Parse($$"""{"name": "demo", "files": [{"filename": "demo-1.zip", "url": "demo-1.zip", {{said}}}]}""").Files);
        Assert.Equal((isThere, hasDigest), (file.HasCoreMetadata, file.CoreMetadataSha256 is not null));
    }

    [Theory]
    [InlineData("demo-1.0.egg")]
    [InlineData("demo-1.0.win32.exe")]
    [InlineData("demo-1.0.tar.bz2")]
    [InlineData("other-1.0.tar.gz")]
    [InlineData("other-1.0-py3-none-any.whl")]
    [InlineData("demo-1.0-py3-none-any-variant.whl")]
    [InlineData("demo-one.zip")]
    public void Pass_over_what_is_no_wheel_or_sdist_of_the_project(string fileName)
    {
        var text = $$"""{"files": [{"filename": "{{fileName}}", "url": "x"}, {"filename": "demo-2.zip", "url": "y"}], "name": "demo"}""";
        foreach (var page in new[] { Parse(text), ProjectPage.ParseJson(Encoding.UTF8.GetBytes(text), Base, PackageName.Parse("demo")) })
        {
            Assert.Equal("2", Assert.Single(page.Files).Version.ToString());
            Assert.Equal(1, page.SkippedCount);
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://index.example/x")]
    [InlineData("https://")]
    [InlineData("")]
    public void Pass_over_a_file_whose_address_cannot_be_used(string url) =>
        Assert.Empty(Parse($$"""{"name": "demo", "files": [{"filename": "demo-1.zip", "url": "{{url}}"}]}""").Files);

    [Theory]
    [InlineData("https://files.example/a/demo-1.zip", "https://files.example/a/demo-1.zip")]
    [InlineData("//files.example/a/demo-1.zip", "https://files.example/a/demo-1.zip")]
    [InlineData("/a/demo-1.zip", "https://index.example/a/demo-1.zip")]
    [InlineData("../b c/d%2Be.zip?x=1", "https://index.example/simple/b%20c/d%2Be.zip?x=1")]
    [InlineData("http://[::1]:8080/demo-1.zip", "http://[::1]:8080/demo-1.zip")]
    public void Resolve_addresses_against_their_own(string url, string expected)
    {
        var two = Parse($$"""
            {"name": "demo", "files": [{"filename": "demo-1.zip", "url": "{{url}}"}, {"filename": "demo-1.tar.gz", "url": "{{url}}"}]}
            """).Files;
        Assert.All(two, file => Assert.Equal(expected, file.Url.AbsoluteUri));
    }

    [Fact]
    public void Share_what_repeats()
    {
        var files = Parse("""
            {"name": "demo", "files": [
             {"filename": "demo-1.0rc1-py3-none-any.whl", "url": "a", "requires-python": ">=3.9"},
             {"filename": "demo-1.0rc1-cp311-cp311-win_amd64.whl", "url": "b", "requires-python": ">=3.8"},
             {"filename": "demo-1.0rc1.zip", "url": "c", "requires-python": ">=3.9"}]}
            """).Files;
        Assert.Same(files[0].Version, files[1].Version);
        Assert.Same(files[0].Version, files[2].Version);
        Assert.Same(files[0].RequiresPython, files[2].RequiresPython);
        Assert.Equal(">=3.8", files[1].RequiresPython!.ToString());
    }

    [Fact]
    public void Of_a_quarantined_project_offer_no_files()
    {
        var page = Parse("""
            {"project-status": {"status": "quarantined", "reason": "malware"}, "name": "demo", "files": [{"filename": "demo-1.zip", "url": "x"}]}
            """);
        Assert.Equal((ProjectStatus.Quarantined, "malware"), (page.Status, page.StatusReason));
        Assert.Empty(page.Files);
    }

    [Theory]
    [InlineData("archived", ProjectStatus.Archived, 0)]
    [InlineData("deprecated", ProjectStatus.Deprecated, 0)]
    [InlineData("active", ProjectStatus.Active, 0)]
    [InlineData("sleeping", ProjectStatus.Active, 1)]
    public void Give_the_project_a_status(string text, ProjectStatus status, int warnings)
    {
        var page = Parse($$"""{"project-status": {"status": "{{text}}"}, "name": "demo", "files": []}""");
        Assert.Equal((status, warnings), (page.Status, page.Warnings.Count));
    }

    [Fact]
    public void Of_a_newer_minor_interface_warn() =>
        Assert.Contains("1.9", Assert.Single(Parse("""{"meta": {"api-version": "1.9"}, "name": "demo", "files": []}""").Warnings), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{", "no JSON")]
    [InlineData("<!DOCTYPE html>", "no JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "no list of files")]
    [InlineData("""{"files": []}""", "no name")]
    [InlineData("""{"files": {}, "name": "demo"}""", "not one list")]
    [InlineData("""{"files": [1], "name": "demo"}""", "no object")]
    [InlineData("""{"files": [], "files": [], "name": "demo"}""", "not one list")]
    [InlineData("""{"files": [], "name": "de mo"}""", "no distribution name")]
    [InlineData("""{"files": [], "name": 3}""", "text")]
    [InlineData("""{"files": [], "name": "demo"} x""", "no JSON")]
    [InlineData("""{"meta": {"api-version": "2.0"}, "files": [], "name": "demo"}""", "2.0")]
    [InlineData("""{"meta": {"api-version": "x"}, "files": [], "name": "demo"}""", "no version")]
    [InlineData("""{"files": [{"filename": "demo-1.zip", "url": "x", "hashes": {"sha256": "abc"}}], "name": "demo"}""", "SHA-256")]
    [InlineData("""{"files": [{"filename": "\ud800.zip", "url": "x"}], "name": "demo"}""", "Unicode")]
    public void That_are_none_are_refused(string text, string problem)
    {
        var error = Assert.Throws<PackagingFormatException>(() => Parse(text));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Position, 0, error.Text.Length);
    }

    [Fact]
    public void That_nest_too_deep_are_refused() =>
        Assert.Throws<PackagingFormatException>(() => Parse($$"""{"x": {{new string('[', 5000)}}"""));

    [Fact]
    public void Of_another_project_are_refused() =>
        Assert.Throws<PackagingFormatException>(() =>
            ProjectPage.ParseJson("""{"files": [], "name": "other"}"""u8.ToArray(), Base, PackageName.Parse("demo")));

    [Fact]
    public void Cut_or_changed_anywhere_end_in_a_page_or_in_their_own_error()
    {
        var good = Encoding.UTF8.GetBytes($$$"""
            {"meta":{"api-version":"1.4"},"project-status":{"status":"archived","reason":"\u00e9"},"name":"demo","versions":["1"],"files":[
            {"filename":"demo-1.0-py3-none-any.whl","url":"https://files.example/demo-1.0-py3-none-any.whl","hashes":{"sha256":"{{{Digest}}}"},
            "requires-python":">=3.9","size":17,"upload-time":"2025-03-04T05:06:07Z","yanked":"\"b\"","core-metadata":{"sha256":"{{{Digest}}}"}}]}
            """);
        Gen.Int[0, good.Length - 1].Select(Gen.Byte, Gen.Int[0, 2]).Sample(
            (at, value, kind) => Survives(kind switch { 0 => good[..at], 1 => [.. good[..at], value, .. good[(at + 1)..]], _ => [.. good[..at], value, .. good[at..]] }),
            iter: 5000);
    }

    private static void Survives(byte[] body)
    {
        try
        {
            Assert.All(ProjectPage.ParseJson(body, Base).Files, file => Assert.True(file.Url.IsAbsoluteUri));
        }
        catch (PackagingFormatException)
        {
        }
    }

    private static ProjectPage Parse(string text) => ProjectPage.ParseJson(Encoding.UTF8.GetBytes(text), Base);
}

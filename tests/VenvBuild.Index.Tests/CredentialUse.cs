using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

public sealed class CredentialUse
{
    private const string Secret = "s3cr3t-w0rd";

    private static Uri WithUser(Uri url) => new UriBuilder(url) { UserName = "zoe9", Password = Secret }.Uri;

    [Theory]
    [InlineData("url")]
    [InlineData("environment")]
    [InlineData("netrc")]
    public async Task They_open_the_index_and_are_written_nowhere(string place)
    {
        await using var world = new World { Index = { Authorization = $"zoe9:{Secret}" } };
        var file = world.AddWheel("demo", "1.0");
        var url = place == "url" ? WithUser(world.Index.Simple) : world.Index.Simple;
        if (place == "environment")
            (world.Environment["VENVBUILD_INDEX_CORP_USERNAME"], world.Environment["VENVBUILD_INDEX_CORP_PASSWORD"]) = ("zoe9", Secret);
        if (place == "netrc")
        {
            world.Environment["NETRC"] = world.File("netrc");
            File.WriteAllText(world.File("netrc"), $"machine other login x password y\nmachine 127.0.0.1\n  login zoe9\n  password {Secret}\n");
        }

        await using var source = new PackageIndex(world.Options(url));
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        Assert.NotNull((await source.GetMetadataAsync(list.Releases[0], World.Stop)).Metadata);
        await source.DownloadAsync(list.Releases[0].Files[0].Url, Sha256Digest.Of(file.Content), file.Content.Length, Stream.Null, World.Stop);

        Assert.Equal(world.Index.Simple, list.Index);
        Assert.DoesNotContain(Secret, string.Concat(list.Searched), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, list.Releases[0].Files[0].Url.AbsoluteUri, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, source.Options.Indexes[0].ToString(), StringComparison.Ordinal);
        AssertNotIn(world.Cache.Root);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_refusal_says_where_was_looked_and_not_what_was_found(int status)
    {
        await using var world = new World();
        world.Index.Always("/simple/demo/", LoopbackAnswer.OfStatus(status));
        var without = await World.FailureAsync(() => world.VersionsAsync("demo"));
        Assert.Equal(IndexCodes.Unauthorized, without.Code);
        Assert.Contains("none were found", without.Message, StringComparison.Ordinal);
        Assert.Contains("VENVBUILD_INDEX_CORP_USERNAME and _PASSWORD", without.Remedy, StringComparison.Ordinal);
        Assert.Contains("/no/such/netrc", without.Remedy, StringComparison.Ordinal);
        var with = await World.FailureAsync(() => world.VersionsAsync("demo", world.Options(WithUser(world.Index.Simple))));
        Assert.Contains("refused the credentials", with.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, with.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("zoe9", with.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, world.Index.Requests.Count);
    }

    [Fact]
    public async Task They_do_not_follow_a_redirect_or_a_link_to_another_host()
    {
        await using var world = new World { Index = { Authorization = $"zoe9:{Secret}" } };
        await using var other = new LoopbackIndex();
        world.AddWheel("demo", "1.0", index: other);
        world.Index.Always("/simple/demo/", LoopbackAnswer.Redirect(new Uri(other.Simple, "demo/").AbsoluteUri));
        await using var source = new PackageIndex(world.Options(WithUser(world.Index.Simple)));
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        await source.GetMetadataAsync(list.Releases[0], World.Stop);
        Assert.Equal(2, other.Requests.Count);
        Assert.All(other.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    [Fact]
    public async Task A_page_whose_links_hold_credentials_does_not_bring_them_into_the_cache()
    {
        await using var world = new World();
        world.Index.Always("/simple/demo/", LoopbackAnswer.Html($"<a href=\"http://zoe9:{Secret}@127.0.0.1/demo-1.0-py3-none-any.whl#sha256={new string('0', 64)}\">demo</a>"));
        await using var source = new PackageIndex(world.Options());
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        Assert.Equal(new Uri("http://127.0.0.1/demo-1.0-py3-none-any.whl"), list.Releases[0].Files[0].Url);
        AssertNotIn(world.Cache.Root);
    }

    [Fact]
    public async Task No_failure_shows_them()
    {
        await using var world = new World();
        var page = "/simple/demo/";
        LoopbackAnswer[] faults =
        [
            LoopbackAnswer.OfStatus(500), LoopbackAnswer.OfStatus(418), LoopbackAnswer.LoginPage, LoopbackAnswer.Redirect("ftp://x/"),
            LoopbackAnswer.Redirect($"ftp://zoe9:{Secret}@x/"), new(200, "text/html", new byte[10]) { CloseAfter = 5 }, new(200, "text/plain", []),
        ];
        foreach (var fault in faults)
        {
            world.Index.Always(page, fault);
            var failure = await Assert.ThrowsAsync<DiagnosticException>(() => world.VersionsAsync("demo", world.Options(WithUser(world.Index.Simple))));
            Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"zoe9:{Secret}")), failure.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_netrc_file_is_read_as_other_tools_read_it()
    {
        var netrc = Netrc.Parse("# a remark\nmachine a.example login zoe9 password \"p w\\\"d\"\nmacdef init\n  machine b.example login x password y\n\nmachine b.example password z account q login bob\ndefault login any password all");
        Assert.Equal(new Credentials("zoe9", "p w\"d").Header, netrc.For("A.example")!.Header);
        Assert.Equal(new Credentials("bob", "z").Header, netrc.For("b.example")!.Header);
        Assert.Equal(new Credentials("any", "all").Header, netrc.For("c.example")!.Header);
        Assert.Null(Netrc.Parse("machine a.example login zoe9").For("a.example"));
        Gen.String["machine login password default macdef\n\"\\ #ab"].Sample(text => { Netrc.Parse(text); });
    }

    [Fact]
    public void The_variables_are_named_after_the_index() =>
        Assert.Equal("VENVBUILD_INDEX_MY_CORP_2", CredentialStore.VariablePrefix("my-corp.2"));

    private static void AssertNotIn(string folder)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"zoe9:{Secret}")), text, StringComparison.Ordinal);
        }
    }
}

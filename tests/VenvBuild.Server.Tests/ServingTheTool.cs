using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;
using VenvBuild.Workspace;

namespace VenvBuild.Server.Tests;

/// <summary>The verb <c>lock</c> writes the same bytes with a server as without, also of what only the client can see.</summary>
[Collection("The cache of this process")]
public sealed class ServingTheTool : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0", "other>=1").Add("other", "1.5").Add("other", "1.6");
    private readonly TestFolder _folder = new();
    private readonly List<Diagnostic> _reports = [];

    public ServingTheTool() =>
        Environment.SetEnvironmentVariable("VENVBUILD_CACHE", Path.Combine(Path.GetTempPath(), $"venvbuild-server-tests-{Environment.ProcessId}"));

    private async Task<string> LockAsync(Uri? server)
    {
        File.Delete(_folder.File("pylock.toml"));
        var context = new WorkspaceContext
        {
            WorkingDirectory = _folder.Path,
            ToolVersion = LockQuestionReader.Version.ToNormalizedString(),
            Server = server,
            Diagnostics = new Immediately(_reports),
        };
        await LockVerb.RunAsync(context, new(), TestServer.Stop);
        return await File.ReadAllTextAsync(_folder.File("pylock.toml"), TestServer.Stop);
    }

    private async Task SameAsync(TestServer server)
    {
        var here = await LockAsync(null);
        var served = await LockAsync(server.Root);
        Assert.Equal(here, served);
        Assert.DoesNotContain(_reports, report => report.Severity != DiagnosticSeverity.Verbose);
        Assert.Contains(_reports, report => report.Code == "PYENV1255");
    }

    [Fact]
    public async Task From_an_index_that_the_server_asks()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        _folder.Write("pyenv.yaml", _index.Manifest("thing", "groups: {test: [other<1.6]}\n"));
        await SameAsync(server);
    }

    [Fact]
    public async Task With_the_metadata_of_the_pins_from_the_server_once_it_has_it()
    {
        var metadata = System.Text.Encoding.UTF8.GetBytes("Metadata-Version: 2.1\nName: described\nVersion: 3.0\nRequires-Dist: other\n");
        var wheel = new WheelMaker("described", "3.0").Module("described").Requires("other");
        _index.Add(new("described", wheel.FileName, wheel.ToArray()) { Metadata = metadata });
        await using var server = await TestServer.StartAsync(_index.Allowed());
        _folder.Write("pyenv.yaml", _index.Manifest("described"));
        await SameAsync(server);
        await server.Get<LockMetadataShelf>().DrainAsync(TestServer.Stop);
        Directory.Delete(Environment.GetEnvironmentVariable("VENVBUILD_CACHE")!, recursive: true);
        var asked = _index.Count($"/files/{wheel.FileName}.metadata");

        var served = await LockAsync(server.Root);

        Assert.Equal(asked, _index.Count($"/files/{wheel.FileName}.metadata"));
        var address = new Uri(LockMetadata.PathOf(Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(served))), UriKind.Relative);
        using var answer = await server.Client.GetAsync(address, TestServer.Stop);
        Assert.Equal(metadata, Assert.Single(LockMetadata.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Stop))).Value);
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        using var packed = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { AcceptEncoding = { new("gzip") } } };
        using var smaller = await server.Client.SendAsync(packed, TestServer.Stop);
        Assert.Equal(["gzip"], smaller.Content.Headers.ContentEncoding);
        using var absent = await server.Client.GetAsync(new Uri($"v1/locks/{new string('0', 64)}/metadata", UriKind.Relative), TestServer.Stop);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, absent.StatusCode);
    }

    [Fact]
    public async Task Without_declared_platforms_for_the_clients_own()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        _folder.Write("pyenv.yaml", _index.Manifest("thing").Replace("platforms: [linux-x64]\n", "", StringComparison.Ordinal));
        await SameAsync(server);
    }

    [Fact]
    public async Task From_a_folder_that_the_server_cannot_see()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        new WheelMaker("mine", "2.0").Module("mine").Requires("thing").Save(_folder.File("wheels"));
        new WheelMaker("mine", "1.0").Module("mine").Save(_folder.File("wheels"));
        _folder.Write("pyenv.yaml", _index.Manifest("mine", "find-links: [./wheels]\n"));
        await SameAsync(server);
        Assert.Contains("path = \"wheels/mine-2.0-py3-none-any.whl\"", await LockAsync(server.Root), StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_an_index_that_only_the_client_may_ask()
    {
        await using var inside = new LoopbackIndex().Add("corp-app", "1.0", "corp-lib>=2", "thing").Add("corp-lib", "2.0", "other<1.6").Add("corp-lib", "1.0");
        await using var server = await TestServer.StartAsync(_index.Allowed());
        _folder.Write(
            "pyenv.yaml",
            $"requirements: [corp-app]\nplatforms: [linux-x64]\nindexes:\n- {{name: inside, url: \"{inside.Simple}\", packages: [\"corp-*\"]}}\n- {{name: corp, url: \"{_index.Simple}\"}}\n");
        await SameAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class Immediately(List<Diagnostic> reports) : IProgress<Diagnostic>
    {
        public void Report(Diagnostic value)
        {
            lock (reports)
                reports.Add(value);
        }
    }
}

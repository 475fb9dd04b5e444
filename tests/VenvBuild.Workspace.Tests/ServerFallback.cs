using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>A server that fails or lies costs a warning and some time, never a wrong lock.</summary>
[Collection(EmptiedCache.Name)]
public sealed class ServerFallback : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly LoopbackIndex _index = new();
    private readonly List<Diagnostic> _reports = [];

    public ServerFallback()
    {
        Environment.SetEnvironmentVariable("VENVBUILD_CACHE", Path.Combine(Path.GetTempPath(), $"venvbuild-workspace-tests-{Environment.ProcessId}"));
        Add("thing", new WheelMaker("thing").Module("thing").Requires("other"));
        Add("other", new WheelMaker("other").Module("other"));
        _folder.Write("pyenv.yaml", $"requirements: [thing]\nplatforms: [linux-x64]\nindexes: [{{name: corp, url: \"{_index.Simple}\"}}]\n");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private void Add(string project, WheelMaker wheel) => _index.Add(new(project, wheel.FileName, wheel.ToArray()));

    private WorkspaceContext Context(Uri? server) => new()
    {
        WorkingDirectory = _folder.Path,
        ToolVersion = "0.1.0",
        Server = server,
        Diagnostics = new Immediately(_reports),
        ServerPatience = TimeSpan.FromSeconds(2),
    };

    private async Task<string> LockAsync(WorkspaceContext context)
    {
        await LockVerb.RunAsync(context, new() { Upgrade = true }, Stop);
        return await File.ReadAllTextAsync(_folder.File("pylock.toml"), Stop);
    }

    private async Task<(string Here, string Served)> CompareAsync(Func<string, LoopbackAnswer> answer)
    {
        var here = await LockAsync(Context(null));
        File.Delete(_folder.File("pylock.toml"));
        _reports.Clear();
        await using var server = new LoopbackServer((_, _) => answer(here));
        return (here, await LockAsync(Context(server.Root)));
    }

    private static LoopbackAnswer Lock(string text) => new(200, "application/toml", Encoding.UTF8.GetBytes(text));

    private List<Diagnostic> Warnings => _reports.FindAll(report => report.Severity == DiagnosticSeverity.Warning);

    [Fact]
    public async Task The_lock_of_a_server_is_written_when_it_answers_the_manifest()
    {
        var (here, served) = await CompareAsync(Lock);

        Assert.Equal(here, served);
        Assert.Empty(Warnings);
        Assert.Contains(_reports, report => report.Code == "PYENV1255");
    }

    [Theory]
    [InlineData("another request digest", "answers other requests")]
    [InlineData("a comment", "not written as this tool")]
    [InlineData("a foreign index", "which the manifest does not name")]
    [InlineData("a path of this machine", "which it is not")]
    [InlineData("a pin left out", "Nothing in the lock meets 'other'")]
    [InlineData("another digest", "has the SHA-256")]
    [InlineData("no hash", "cannot be read")]
    [InlineData("no lock at all", "cannot be read")]
    public async Task A_lie_is_found_before_anything_is_written(string lie, string words)
    {
        var (here, served) = await CompareAsync(truth => Lock(Lie(lie, truth)));

        Assert.Equal(here, served);
        var warning = Assert.Single(Warnings);
        Assert.Equal("PYENV1253", warning.Code);
        Assert.Contains(words, warning.Message, StringComparison.Ordinal);
        Assert.Contains("--no-server", warning.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metadata_of_the_pins_is_taken_from_the_server_where_it_is_what_the_index_states_and_from_the_index_otherwise(bool isTrue)
    {
        var metadata = "Metadata-Version: 2.1\nName: described\nVersion: 1.0\n"u8.ToArray();
        var wheel = new WheelMaker("described").Module("described");
        _index.Add(new("described", wheel.FileName, wheel.ToArray()) { Metadata = metadata });
        _folder.Write("pyenv.yaml", $"requirements: [described]\nplatforms: [linux-x64]\nindexes: [{{name: corp, url: \"{_index.Simple}\"}}]\n");
        var here = await LockAsync(Context(null));
        File.Delete(_folder.File("pylock.toml"));
        Directory.Delete(Environment.GetEnvironmentVariable("VENVBUILD_CACHE")!, recursive: true);
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        LockMetadata.Write(body, isTrue ? metadata : [.. metadata, .. "Requires-Dist: other\n"u8]);
        var path = $"/{LockMetadata.PathOf(Sha256Digest.Of(Encoding.UTF8.GetBytes(here)))}";
        await using var server = new LoopbackServer((request, _) => request.Path == path
            ? new(200, LockMetadata.MediaType, body.WrittenSpan.ToArray())
            : Lock(here) with { Headers = new Dictionary<string, string> { [LockMetadata.Header] = "yes" } });
        var asked = _index.Count($"/files/{wheel.FileName}.metadata");

        Assert.Equal(here, await LockAsync(Context(server.Root)));

        Assert.Empty(Warnings);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(isTrue ? asked : asked + 1, _index.Count($"/files/{wheel.FileName}.metadata"));
    }

    [Fact]
    public async Task A_lock_of_a_server_can_be_proven_again_offline()
    {
        await CompareAsync(Lock);
        Directory.Delete(Environment.GetEnvironmentVariable("VENVBUILD_CACHE")!, recursive: true);
        var here = await File.ReadAllTextAsync(_folder.File("pylock.toml"), Stop);
        File.Delete(_folder.File("pylock.toml"));
        await using var server = new LoopbackServer((_, _) => Lock(here));
        await LockAsync(Context(server.Root));

        var outcome = await VerifyVerb.RunAsync(Context(null) with { IsOffline = true }, new(), Stop);

        Assert.True(outcome.IsProven);
    }

    [Theory]
    [InlineData("2026-02-01T00:00:00Z", "newest file in it is of 2026-01-01")]
    [InlineData("2026-01-01T00:00:00Z", "pins other 1.0, and the one before 2.0")]
    public async Task A_lock_that_is_older_than_the_server_s_last_is_warned_of_or_refused(string published, string words)
    {
        _index.PageCacheControl = "no-cache";
        var old = await LockAsync(Context(null));
        var wheel = new WheelMaker("other", "2.0").Module("other");
        _index.Add(new("other", wheel.FileName, wheel.ToArray()) { UploadTime = published });
        var recent = await LockAsync(Context(null));
        Assert.Contains("version = \"2.0\"", recent, StringComparison.Ordinal);
        var offered = recent;
        await using var server = new LoopbackServer((_, _) => Lock(offered));

        Assert.Equal(recent, await LockAsync(Context(server.Root)));
        Assert.Empty(Warnings);
        offered = old;
        Assert.Equal(old, await LockAsync(Context(server.Root)));
        Assert.Equal("PYENV1813", Assert.Single(Warnings).Code);
        Assert.Contains(words, Warnings[0].Message, StringComparison.Ordinal);

        await File.AppendAllTextAsync(_folder.File("pyenv.yaml"), "trust: {keys: [], rollback: refuse}\n", Stop);
        _reports.Clear();
        Assert.Equal(recent, await LockAsync(Context(server.Root)));
        Assert.Equal("PYENV1253", Assert.Single(Warnings).Code);
        Assert.Contains("older than the one that it offered before", Warnings[0].Message, StringComparison.Ordinal);

        // What a lock of one's own pins may come back: that is what keeping it means.
        _reports.Clear();
        offered = old;
        await File.WriteAllTextAsync(_folder.File("pylock.toml"), old, Stop);
        var asked = server.Requests.Count;
        await LockVerb.RunAsync(Context(server.Root), new() { UpgradePackages = ["thing"] }, Stop);
        Assert.Empty(Warnings);
        Assert.Equal(asked + 1, server.Requests.Count);
        Assert.Equal(old, await File.ReadAllTextAsync(_folder.File("pylock.toml"), Stop));
    }

    [Fact]
    public async Task A_server_that_refuses_or_stalls_is_complained_of_once_a_run()
    {
        foreach (var answer in new[] { LoopbackAnswer.OfStatus(503), Lock("x") with { Stalls = true } })
        {
            var (here, served) = await CompareAsync(_ => answer);
            Assert.Equal(here, served);
            Assert.Single(Warnings);
        }

        await using var server = new LoopbackServer((_, _) => LoopbackAnswer.OfStatus(500));
        var context = Context(server.Root);
        _reports.Clear();
        await LockAsync(context);
        await LockAsync(context);
        Assert.Single(Warnings);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_refusal_of_the_server_is_looked_at_again_here()
    {
        var problem = JsonSerializer.SerializeToUtf8Bytes(
            new ServerProblem { Type = ServerProblemTypes.Unsatisfiable, Status = 422, Detail = "There is no lock." }, RemoteJson.Default.ServerProblem);

        var (here, served) = await CompareAsync(_ => new(422, "application/problem+json", problem));

        Assert.Equal(here, served);
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task Neither_no_server_nor_offline_asks_anybody_and_passwords_stay_here()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackAnswer.OfStatus(500));
        await LockAsync(Context(server.Root) with { WithoutServer = true });
        Assert.Empty(server.Requests);
        await LockAsync(Context(server.Root) with { IsOffline = true });
        Assert.Empty(server.Requests);

        _folder.Write("pyenv.yaml", $"requirements: [thing]\nplatforms: [linux-x64]\nindexes: [{{name: corp, url: \"http://me:s3cret@{_index.Root.Authority}/simple/\"}}]\n");
        await LockAsync(Context(server.Root));
        Assert.DoesNotContain("s3cret", Assert.Single(server.Requests).Body, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        _folder.Dispose();
    }

    private string Lie(string lie, string truth) => lie switch
    {
        "another request digest" => truth.Replace("requirement: thing", "requirement: thong", StringComparison.Ordinal),
        "a comment" => truth + "# hello\n",
        "a foreign index" => truth.Replace($"index = \"{_index.Simple.ToString().TrimEnd('/')}", "index = \"https://evil.example/simple", StringComparison.Ordinal),
        "a path of this machine" => truth.Replace($"url = \"{_index.Root}files/other-1.0-py3-none-any.whl\"", "path = \"etc/other-1.0-py3-none-any.whl\"", StringComparison.Ordinal),
        "a pin left out" => truth.Remove(truth.IndexOf("[[packages]]", StringComparison.Ordinal), truth.LastIndexOf("[[packages]]", StringComparison.Ordinal) - truth.IndexOf("[[packages]]", StringComparison.Ordinal)),
        "another digest" => System.Text.RegularExpressions.Regex.Replace(truth, "sha256 = \"[0-9a-f]", found => "sha256 = \"" + (found.Value[^1] == '0' ? '1' : '0')),
        "no hash" => System.Text.RegularExpressions.Regex.Replace(truth, "hashes = \\{[^}]*\\}", "hashes = {}"),
        _ => "<html>",
    };

    private sealed class Immediately(List<Diagnostic> reports) : IProgress<Diagnostic>
    {
        public void Report(Diagnostic value)
        {
            lock (reports)
                reports.Add(value);
        }
    }
}

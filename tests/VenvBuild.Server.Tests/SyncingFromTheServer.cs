using System.Text.Json;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;
using VenvBuild.Workspace;

namespace VenvBuild.Server.Tests;

/// <summary>The verb <c>sync</c> makes the same environment with a server as without, and with one that lies or is away.</summary>
[Collection("The cache of this process")]
public sealed partial class SyncingFromTheServer : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0", "other>=1").Add("other", "1.5").Add("more", "1.0");
    private readonly TestFolder _folder = new();
    private readonly List<Diagnostic> _reports = [];
    private int _caches;

    /// <summary>Syncs with an empty cache, and gives every file of the environment.</summary>
    private async Task<(SyncOutcome Outcome, SortedDictionary<string, string> Files)> SyncAsync(Uri? server, string manifest = "pyenv.yaml", bool removes = true)
    {
        _reports.Clear();
        Environment.SetEnvironmentVariable("VENVBUILD_CACHE", _folder.File(FormattableString.Invariant($"cache{_caches++}")));
        var venv = _folder.File(".venv");
        if (removes && Directory.Exists(venv))
            Directory.Delete(venv, recursive: true);
        var context = new WorkspaceContext
        {
            WorkingDirectory = _folder.Path,
            ManifestPath = _folder.File(manifest),
            ToolVersion = LockQuestionReader.Version.ToNormalizedString(),
            Server = server,
            Diagnostics = new Immediately(_reports),
        };
        var outcome = await SyncVerb.RunAsync(context, new(), TestServer.Stop);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(venv, "*", SearchOption.AllDirectories))
        {
            // What the folders looked like is a note about this very place and moment.
            if (!Path.GetFileName(path).StartsWith(".venvbuild", StringComparison.Ordinal) && new FileInfo(path).LinkTarget is null)
                files[Path.GetRelativePath(venv, path)] = Sha256Digest.Of(await File.ReadAllBytesAsync(path, TestServer.Stop)).ToString();
        }

        return (outcome, files);
    }

    private void Write(string requirements, string name = "pyenv.yaml") =>
        _folder.Write(name, $"python: '>=3.9'\nrequirements: [{requirements}]\nindexes: [{{name: corp, url: \"{_index.Simple}\"}}]\n");

    private IEnumerable<Diagnostic> Warnings => _reports.Where(report => report.Severity != DiagnosticSeverity.Verbose);

    [Fact]
    public async Task An_empty_store_takes_from_the_server_what_it_would_make_itself()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        Write("thing");
        var (here, files) = await SyncAsync(null);
        var (served, same) = await SyncAsync(server.Root);

        Assert.Equal(files, same);
        Assert.Equal(here.Key, served.Key);
        Assert.Equal(server.Root.ToString(), served.Source);
        Assert.Empty(Warnings);

        var asked = _index.Requests.Count;
        Assert.Equal(server.Root.ToString(), (await SyncAsync(server.Root)).Outcome.Source);
        Assert.DoesNotContain(_index.Requests.Skip(asked), request => request.Path.EndsWith(".whl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_away_or_does_not_build_costs_one_warning_or_none()
    {
        Write("thing");
        var (_, files) = await SyncAsync(null);
        var (away, same) = await SyncAsync(new("http://127.0.0.1:9/"));
        Assert.Null(away.Source);
        Assert.Equal(files, same);
        Assert.Contains("made here", Assert.Single(Warnings).Message, StringComparison.Ordinal);

        await using var server = await TestServer.StartAsync(_index.Allowed(), "Access:Anonymous=resolve");
        (away, same) = await SyncAsync(server.Root);
        Assert.Null(away.Source);
        Assert.Equal(files, same);
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task A_lie_about_an_environment_is_found_and_the_right_one_is_made()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        Write("more", "pyenv.more.yaml");
        var other = (await server.Client.StatusAsync((await SyncAsync(server.Root, "pyenv.more.yaml")).Outcome.Key))!;
        Write("thing");
        var (right, files) = await SyncAsync(server.Root);
        Assert.NotNull(right.Source);
        var truth = (await server.Client.StatusAsync(right.Key))!;
        var layers = new Dictionary<string, byte[]>();
        foreach (var layer in truth.Layers.Concat(other.Layers))
            layers[layer.Digest] = await server.Client.GetByteArrayAsync(new Uri($"v1/layers/{layer.Digest}", UriKind.Relative), TestServer.Stop);
        var changed = layers.ToDictionary(layer => layer.Key, layer => layer.Value.ToArray());
        foreach (var bytes in changed.Values)
            bytes[^2000] ^= 1;
        var swapped = layers.ToDictionary(layer => layer.Key, _ => layers[other.Layers[0].Digest]);

        foreach (var (status, served) in new (EnvironmentStatus Status, Dictionary<string, byte[]> Layers)[]
        {
            (truth, changed),
            (truth, swapped),
            (truth, []),
            (other, layers),
            (other with { Key = truth.Key }, layers),
            (truth with { Manifest = truth.Manifest!.Replace("linux-", "linux-musl-", StringComparison.Ordinal) }, layers),
            (truth with { Manifest = truth.Manifest!.Replace("-1.5-", "-1.4-", StringComparison.Ordinal) }, layers),
            (truth with { Manifest = "{}" }, layers),
        })
        {
            await using var liar = new LoopbackIndex();
            liar.Serve($"/v1/environments/{truth.Key}", JsonSerializer.SerializeToUtf8Bytes(status, RemoteJson.Default.EnvironmentStatus));
            foreach (var (digest, bytes) in served)
                liar.Serve($"/v1/layers/{digest["sha256:".Length..]}", bytes);
            var (outcome, same) = await SyncAsync(liar.Root);
            Assert.Null(outcome.Source);
            Assert.Equal(files, same);
            Assert.Single(Warnings);
        }
    }

    [Fact]
    public async Task Files_that_a_server_exported_stand_in_its_place()
    {
        Write("thing");
        SortedDictionary<string, string> files;
        string toml;
        await using (var server = await TestServer.StartAsync(_index.Allowed()))
        {
            // The lock and the environment are both made by the server.
            files = (await SyncAsync(server.Root)).Files;
            toml = await File.ReadAllTextAsync(_folder.File("pylock.toml"), TestServer.Stop);
            using var output = new StringWriter();
            for (var round = 0; round < 2; round++)
                Assert.Equal(0, await ServerProgram.RunAsync(["export-static", _folder.File("tree"), $"--VenvBuild:Data={server.Get<ServerSettings>().Data}"], output, TextWriter.Null, TestServer.Stop));
            Assert.Contains("1 locks, 1 environments, 2 layers", output.ToString(), StringComparison.Ordinal);
        }

        await using var tree = await FileServer.StartAsync(_folder.File("tree"));
        File.Delete(_folder.File("pylock.toml"));
        _index.Add("thing", "1.1", "other>=1");
        var (outcome, same) = await SyncAsync(tree.Root);
        Assert.Equal(tree.Root.ToString(), outcome.Source);
        Assert.Equal(files, same);
        Assert.Empty(Warnings);
        Assert.Equal(toml, await File.ReadAllTextAsync(_folder.File("pylock.toml"), TestServer.Stop));

        Write("thing]\nsources: [\"" + tree.Root + "\"");
        (outcome, same) = await SyncAsync(null);
        Assert.Equal(tree.Root.ToString(), outcome.Source);
        Assert.Equal(files, same);
        Assert.Empty(Warnings);

        // The same files without anybody who serves them.
        Write("thing]\nsources: [\"./tree\"");
        (outcome, same) = await SyncAsync(null);
        Assert.Equal(_folder.File("tree"), outcome.Source);
        Assert.Equal(files, same);
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task An_environment_that_the_server_signed_is_taken_by_who_trusts_its_key_from_the_server_and_from_its_files()
    {
        using var mine = SigningKey.Create();
        using var other = SigningKey.Create();
        mine.Save(_folder.File("server.key"), null);
        _folder.Write("mine.pub", mine.Public.ToPem());
        _folder.Write("other.pub", other.Public.ToPem());
        string Trusting(string key, string more = "") => $"thing]\ntrust: {{keys: [{key}.pub], builders: ['https://venvs.example*']{more}}}\nsources: [\"";
        string[] settings = [_index.Allowed(), $"Signing:Key={_folder.File("server.key")}", "Signing:Builder=https://venvs.example/one"];
        await using var server = await TestServer.StartAsync(settings);

        Write(Trusting("mine") + server.Root + "\"");
        var (outcome, files) = await SyncAsync(server.Root);
        Assert.Equal(server.Root.ToString(), outcome.Source);
        Assert.Empty(Warnings);
        // Whoever trusts somebody else makes it, and says why where the server only saves time.
        Write("thing]\ntrust: {keys: [other.pub]}\nsources: [server");
        var (refused, same) = await SyncAsync(server.Root);
        Assert.Null(refused.Source);
        Assert.Equal(files, same);
        Assert.Contains("none of the trusted keys", Assert.Single(Warnings).Message, StringComparison.Ordinal);

        using var lines = await server.Client.GetAsync(new Uri($"v1/environments/{outcome.Key}{SignatureFile.Suffix}", UriKind.Relative), TestServer.Stop);
        Assert.Equal("public, max-age=300", lines.Headers.NonValidated["Cache-Control"].ToString());
        var text = await lines.Content.ReadAsStringAsync(TestServer.Stop);
        Assert.Equal(text, (await server.Client.StatusAsync(outcome.Key))!.Signatures);
        var envelope = Assert.Single(SignatureFile.Parse(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Equal("https://venvs.example/one", ProvenanceStatement.Parse(envelope.Payload.Span).Builder);

        using var output = new StringWriter();
        Assert.Equal(0, await ServerProgram.RunAsync(["export-static", _folder.File("tree"), $"--VenvBuild:Data={server.Get<ServerSettings>().Data}"], output, TextWriter.Null, TestServer.Stop));
        Assert.Equal(text, await File.ReadAllTextAsync(_folder.File("tree", "v1", "environments", outcome.Key + SignatureFile.Suffix), TestServer.Stop));
        Write(Trusting("mine") + "./tree\"");
        Assert.Equal(_folder.File("tree"), (await SyncAsync(null)).Outcome.Source);
        Write("thing]\ntrust: {keys: [other.pub]}\nsources: [./tree");
        var failure = await Assert.ThrowsAsync<DiagnosticException>(() => SyncAsync(null));
        Assert.Equal(ExitCode.Integrity, failure.ExitCode);
    }

    [Fact]
    public async Task What_was_made_before_there_was_a_key_or_under_a_former_one_is_signed_afterwards()
    {
        using var first = SigningKey.Create();
        using var second = SigningKey.Create();
        first.Save(_folder.File("first.key"), null);
        second.Save(_folder.File("second.key"), "swordfish");
        Write("thing");
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var key = (await SyncAsync(server.Root)).Outcome.Key;
        Assert.Null((await server.Client.StatusAsync(key))!.Signatures);
        using var none = await server.Client.GetAsync(new Uri($"v1/environments/{key}{SignatureFile.Suffix}", UriKind.Relative), TestServer.Stop);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, none.StatusCode);
        async Task<(int Exit, string Text)> SignAsync(string file)
        {
            using var output = new StringWriter();
            var exit = await ServerProgram.RunAsync(
                ["sign", $"--VenvBuild:Data={server.Get<ServerSettings>().Data}", $"--VenvBuild:Signing:Key={_folder.File(file)}"], output, output, TestServer.Stop);
            return (exit, output.ToString());
        }

        Assert.Contains("Signed 1 environments", (await SignAsync("first.key")).Text, StringComparison.Ordinal);
        Assert.Contains("Signed 0 environments", (await SignAsync("first.key")).Text, StringComparison.Ordinal);
        var (exit, said) = await SignAsync("second.key");
        Assert.Equal(2, exit);
        Assert.Contains("passphrase", said, StringComparison.Ordinal);
        Assert.Equal(2, (await SignAsync("none.key")).Exit);
        Environment.SetEnvironmentVariable(EnvironmentSigner.PassphraseVariable, "swordfish");
        try
        {
            Assert.Contains("Signed 1 environments", (await SignAsync("second.key")).Text, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(EnvironmentSigner.PassphraseVariable, null);
        }

        var envelopes = SignatureFile.Parse(System.Text.Encoding.UTF8.GetBytes((await server.Client.StatusAsync(key))!.Signatures!));
        Assert.Equal([first.Id, second.Id], envelopes.SelectMany(envelope => envelope.Signatures).Select(signature => signature.KeyId));
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

using System.Text.Json;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>What a lock has only as a source, and checks: by the server where it is trusted with that, else here.</summary>
public sealed partial class SyncingFromTheServer
{
    private const string Asked = "made, thing";

    private void AddSource(string body = "module = 'answer = 42'")
    {
        var maker = new SdistMaker("made").Builds(body);
        _index.Add(new LoopbackFile("made", maker.FileName, maker.ToBytes()));
    }

    private void WriteSource(string trust, string more = "") => Write($"{Asked}]\nsdists: [made]\n{(trust.Length == 0 ? "" : $"trust: {{{trust}}}\n")}{more}sources: [server");

    private static async Task RequireBuildsAsync()
    {
        Require.That(await WheelBuilder.CanSealAsync(TestServer.Stop), "bubblewrap or unshare with user namespaces");
        await CheckingEnvironments.RequireAsync();
    }

    [Fact]
    public async Task A_source_is_built_by_the_server_for_who_takes_its_word_and_is_the_same_as_here()
    {
        await RequireBuildsAsync();
        AddSource();
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Builds:Sdists=sandbox");
        WriteSource("builds: server");
        var (here, files) = await SyncAsync(null);
        var (served, same) = await SyncAsync(server.Root);

        Assert.Equal(files, same);
        Assert.Equal((here.Key, server.Root.ToString()), (served.Key, served.Source));
        Assert.Empty(Warnings);
        // Nobody is asked again: what was taken is remembered with the cache.
        var solves = server.Locks.Solves;
        _caches--;
        Assert.Equal(served.Key, (await SyncAsync(server.Root, removes: false)).Outcome.Key);
        Assert.Equal(solves, server.Locks.Solves);

        // Who does not take its word builds here and need not be told each time.
        WriteSource("");
        (here, same) = await SyncAsync(server.Root);
        Assert.Equal(files, same);
        Assert.Empty(Warnings);
        WriteSource("builds: here");
        (_, same) = await SyncAsync(server.Root);
        Assert.Equal(files, same);
    }

    [Fact]
    public async Task A_source_that_a_server_does_not_build_is_built_here_and_that_is_said_once()
    {
        AddSource();
        await using var server = await TestServer.StartAsync(_index.Allowed());
        WriteSource("builds: server");
        var (_, files) = await SyncAsync(null);
        foreach (var isLocked in new[] { false, true })
        {
            if (!isLocked)
                File.Delete(_folder.File("pylock.toml"));
            var (outcome, same) = await SyncAsync(server.Root);
            Assert.Null(outcome.Source);
            Assert.Equal(files, same);
            var warning = Assert.Single(Warnings, report => report.Message.Contains("server", StringComparison.Ordinal));
            Assert.Contains("Builds:Sdists is off", warning.Message, StringComparison.Ordinal);
            Assert.EndsWith(isLocked ? "It is built here." : "The lock is made here.", warning.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_signed_build_is_taken_by_who_trusts_the_key_and_made_here_by_others()
    {
        await RequireBuildsAsync();
        AddSource();
        using var mine = SigningKey.Create();
        using var other = SigningKey.Create();
        mine.Save(_folder.File("server.key"), null);
        _folder.Write("mine.pub", mine.Public.ToPem());
        _folder.Write("other.pub", other.Public.ToPem());
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Builds:Sdists=sandbox", $"Signing:Key={_folder.File("server.key")}");
        WriteSource("keys: [mine.pub]");
        var (taken, files) = await SyncAsync(server.Root);
        Assert.Equal(server.Root.ToString(), taken.Source);
        Assert.Empty(Warnings);

        WriteSource("keys: [other.pub]");
        var (refused, same) = await SyncAsync(server.Root);
        Assert.Null(refused.Source);
        Assert.Equal(files, same);
        Assert.Contains("none of the trusted keys", Assert.Single(Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lie_about_what_was_built_is_found_and_it_is_built_here()
    {
        await RequireBuildsAsync();
        AddSource();
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Builds:Sdists=sandbox");
        WriteSource("builds: server");
        var (served, files) = await SyncAsync(server.Root);
        var truth = (await server.Client.StatusAsync(served.Key))!;
        var manifest = EnvironmentManifest.Read(System.Text.Encoding.UTF8.GetBytes(truth.Manifest!), "the server");
        var provenance = manifest.Provenance!;
        foreach (var (lie, why) in new (EnvironmentProvenance? Lie, string Why)[]
        {
            (provenance with { Built = [.. provenance.Built.Select(built => built with { SourceSha256 = Sha256Digest.Of("another"u8) })] }, "not what the lock pins"),
            (provenance with { Built = [] }, "not what the lock pins"),
            (null, "not what the lock pins"),
        })
        {
            var bytes = new EnvironmentManifest(manifest.ToPlan(), manifest.Layers) { Lock = manifest.Lock, Provenance = lie }.ToUtf8Bytes();
            await using var liar = new LoopbackIndex();
            liar.Serve("/v1/environments", JsonSerializer.SerializeToUtf8Bytes(truth with { Manifest = System.Text.Encoding.UTF8.GetString(bytes) }, RemoteJson.Default.EnvironmentStatus));
            var (outcome, same) = await SyncAsync(liar.Root);
            Assert.Null(outcome.Source);
            Assert.Equal(files, same);
            Assert.Contains(why, Assert.Single(Warnings).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_check_that_fails_at_the_server_ends_the_run_with_what_it_said()
    {
        await RequireBuildsAsync();
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Builds:Checks=sandbox", "Builds:Rest=01:00:00");
        Write("thing]\nchecks: [\"python -c \\\"print('says'); raise SystemExit(3)\\\"\"]\nsources: [server");
        for (var round = 0; round < 2; round++)
        {
            var failure = await Assert.ThrowsAsync<DiagnosticException>(() => SyncAsync(server.Root));
            Assert.Equal(ExitCode.BuildFailed, failure.ExitCode);
            Assert.Contains(server.Root.ToString(), failure.Diagnostics[0].Message, StringComparison.Ordinal);
            Assert.Equal("says", failure.Diagnostics[0].Detail);
            Assert.False(Directory.Exists(_folder.File(".venv")));
        }

        Assert.Empty(await server.Get<BuildStore>().ListEnvironmentsAsync(TestServer.Stop));
    }

    [Fact]
    public async Task Checks_that_a_server_does_not_run_are_run_here()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        Write("thing]\nchecks: [\"python -c pass\", libraries]\nsources: [server");
        var (outcome, _) = await SyncAsync(server.Root);
        Assert.Equal(server.Root.ToString(), outcome.Source);
        Assert.Empty(Warnings);
        Assert.Contains(_reports, report => report.Message.Contains("does not run the checks, and they run here", StringComparison.Ordinal));
    }
}

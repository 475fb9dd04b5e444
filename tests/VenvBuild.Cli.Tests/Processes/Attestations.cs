using System.Text;
using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>Publishers that a manifest demands (PEP 740): held against what the index offers when a lock is made and when it is proven.</summary>
public sealed class Attestations
{
    private const string Demand = "trust: {publishers: [{packages: [demo], github: owner/repo, workflow: release.yml}], attestations: {roots: keys/roots.pem, logs: keys/log.pem}}\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lock_notes_who_published_and_proves_it_again_without_asking(bool htmlOnly)
    {
        using var maker = new AttestationMaker();
        await using var project = Project(maker);
        project.Index.HtmlOnly = htmlOnly;
        await DoAsync(project, "lock");
        var text = await File.ReadAllTextAsync(project.At("pylock.toml"), Token);
        Assert.Contains("attestation-identities = [\n    {kind = \"GitHub\", repository = \"owner/repo\", workflow = \"release.yml\"},\n]", text, StringComparison.Ordinal);
        Assert.Equal(1, Asked(project));
        var proven = await project.RunAsync("verify");
        Assert.Contains("1 attested by its publisher: file, signature, certificate and workflow", proven.Output, StringComparison.Ordinal);
        Assert.Contains("certificate transparency and revocation were not", proven.Output, StringComparison.Ordinal);
        await DoAsync(project, "verify", "--offline");
        await DoAsync(project, "sync", "--locked");
        Assert.Equal(1, Asked(project));

        var lies = await LieAsync(project, text.Replace("owner/repo", "other/repo", StringComparison.Ordinal), "PYENV1287");
        Assert.Contains("the lock notes GitHub other/repo release.yml", lies, StringComparison.Ordinal);
        await LieAsync(project, text.Replace("attestation-identities = [\n    {kind = \"GitHub\", repository = \"owner/repo\", workflow = \"release.yml\"},\n]\n", "", StringComparison.Ordinal), "PYENV1287");
    }

    [Fact]
    public async Task A_signed_statement_says_who_published()
    {
        using var maker = new AttestationMaker();
        await using var project = Project(maker);
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");
        await DoAsync(project, "key", "new", "team", "--no-passphrase");
        await DoAsync(project, "lock");
        await DoAsync(project, "push", "--to", project.Beside("environments"), "--sign", "team");
        var envelope = await File.ReadAllTextAsync(Directory.GetFiles(project.Beside("environments"), "*.intoto.jsonl", SearchOption.AllDirectories).Single(), Token);
        using var document = JsonDocument.Parse(envelope);
        Assert.Contains(
            "\"annotations\":{\"publisher\":\"GitHub owner/repo release.yml\"}",
            Encoding.UTF8.GetString(document.RootElement.GetProperty("payload").GetBytesFromBase64()), StringComparison.Ordinal);
        await DoAsync(project, "pull", "--from", project.Beside("environments"));
    }

    [Theory]
    [InlineData("somebody/else", "it was published by GitHub somebody/else release.yml")]
    [InlineData(null, "the index offers no attestation")]
    public async Task Without_the_right_attestation_no_lock_is_written(string? owner, string why)
    {
        using var maker = new AttestationMaker { Owner = owner ?? "owner/repo" };
        await using var project = Project(maker, isAttested: owner is not null);
        var run = await project.RunAsync("lock");
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("error PYENV1293: demo-1.0-py3-none-any.whl is to be published by GitHub owner/repo release.yml, and", run.Error, StringComparison.Ordinal);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(project.At("pylock.toml")));
    }

    [Fact]
    public async Task Where_nobody_is_demanded_nothing_is_asked()
    {
        using var maker = new AttestationMaker();
        await using var project = Project(maker);
        project.Ask("demo");
        await DoAsync(project, "lock");
        await DoAsync(project, "verify", "--online");
        Assert.Equal(0, Asked(project));
        Assert.DoesNotContain("attestation", await File.ReadAllTextAsync(project.At("pylock.toml"), Token), StringComparison.Ordinal);

        // A demand makes the lock stale: what it answers has changed.
        project.Ask("demo", Demand);
        var stale = await project.RunAsync("check");
        Assert.Equal(1, stale.ExitCode);
        Assert.Contains("GitHub owner/repo release.yml for demo", stale.Error, StringComparison.Ordinal);
    }

    private static ToolProject Project(AttestationMaker maker, bool isAttested = true)
    {
        var project = new ToolProject();
        var wheel = new WheelMaker("demo").Module("demo");
        var content = wheel.ToArray();
        project.Index.Add(new("demo", wheel.FileName, content) { Provenance = isAttested ? maker.Provenance(wheel.FileName, content) : null });
        project.Ask("demo", Demand);
        Directory.CreateDirectory(project.At("keys"));
        File.WriteAllText(project.At("keys", "roots.pem"), maker.Roots);
        File.WriteAllText(project.At("keys", "log.pem"), maker.LogKey);
        return project;
    }

    private static int Asked(ToolProject project) => project.Index.Requests.Count(request => request.Path.EndsWith(".provenance", StringComparison.Ordinal));

    private static async Task<string> LieAsync(ToolProject project, string text, string code)
    {
        await File.WriteAllTextAsync(project.At("pylock.toml"), text, Token);
        var run = await project.RunAsync("verify");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        return run.Error;
    }

    private static async Task DoAsync(ToolProject project, params string[] arguments)
    {
        var run = await project.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)}: {run.ExitCode}\n{run.Output}\n{run.Error}");
    }
}

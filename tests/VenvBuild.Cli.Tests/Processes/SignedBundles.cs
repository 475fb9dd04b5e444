using VenvBuild.Environments;

namespace VenvBuild.Cli.Tests;

/// <summary>Environments as files: signed, published from a file, and made or fetched for machines that are not here.</summary>
public sealed class SignedBundles
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bundle_is_unpacked_by_who_trusts_its_signer_and_by_nobody_else()
    {
        await using var project = await ProjectAsync();
        await DoAsync(project, "pack", "-o", "env.bundle", "--sign", "team");
        var made = await DoAsync(project, "unpack", "env.bundle", "--path", "env", "--key", "keys/team.pub");
        Assert.Contains("made with 1 package", made, StringComparison.Ordinal);
        Assert.Contains("signed, made by ", await DoAsync(project, "verify", "env", "--key", "keys/team.pub"), StringComparison.Ordinal);

        await RefusesAsync(project, "PYENV1802", "keys/stranger.pub");
        var signatures = await File.ReadAllBytesAsync(project.At("env.bundle.intoto.jsonl"), Token);
        await DoAsync(project, "pack", "-o", "env.bundle", "--sign", "stranger");
        await RefusesAsync(project, "PYENV1802", "keys/team.pub");
        // Another bundle under the signature of the first.
        project.Offer("other");
        project.Ask("demo, other");
        await DoAsync(project, "pack", "-o", "env.bundle");
        Assert.False(File.Exists(project.At("env.bundle.intoto.jsonl")));
        await RefusesAsync(project, "PYENV1801", "keys/team.pub");
        await File.WriteAllBytesAsync(project.At("env.bundle.intoto.jsonl"), signatures, Token);
        await RefusesAsync(project, "PYENV1806", "keys/team.pub");
    }

    [Fact]
    public async Task Where_a_manifest_says_whom_it_trusts_a_bundle_of_others_is_not_unpacked()
    {
        await using var project = await ProjectAsync("trust: {keys: [keys/team.pub]}\n");
        await DoAsync(project, "pack", "-o", "env.bundle");
        await RefusesAsync(project, "PYENV1801");
        await DoAsync(project, "pack", "-o", "env.bundle", "--sign", "stranger");
        await RefusesAsync(project, "PYENV1802");
        Assert.Contains("made with 1 package", await DoAsync(project, "unpack", "env.bundle", "--path", "theirs", "--key", "keys/stranger.pub"), StringComparison.Ordinal);
        await DoAsync(project, "pack", "-o", "env.bundle", "--sign", "team");
        Assert.Contains("made with 1 package", await DoAsync(project, "unpack", "env.bundle", "--path", "ours"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_that_is_there_is_published_as_it_is_and_a_damaged_one_is_not()
    {
        await using var project = await ProjectAsync();
        await DoAsync(project, "pack", "-o", "env.bundle");
        Assert.Contains("1 of 1 layer sent", await DoAsync(project, "push", "env.bundle", "--to", "environments", "--sign", "team"), StringComparison.Ordinal);
        Assert.Contains("taken from", await DoAsync(project, "pull", "--from", "environments", "--path", "env"), StringComparison.Ordinal);

        var bytes = await File.ReadAllBytesAsync(project.At("env.bundle"), Token);
        var at = bytes.AsSpan().LastIndexOf(new byte[] { 0x28, 0xB5, 0x2F, 0xFD }) + 40;
        bytes[at] ^= 1;
        await File.WriteAllBytesAsync(project.At("env.bundle"), bytes, Token);
        var damaged = await project.RunAsync("push", "env.bundle", "--to", "others");
        Assert.Equal(4, damaged.ExitCode);
        Assert.Contains("PYENV1650", damaged.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.At("others")));
        Assert.Equal(2, (await project.RunAsync("push", "env.bundle", "--platform", "linux-arm64", "--to", "others")).ExitCode);
    }

    [Fact]
    public async Task For_another_platform_it_is_made_published_and_fetched_without_a_machine_of_that_kind()
    {
        await using var project = await ProjectAsync("platforms: [linux-x64, linux-arm64, win-x64]\nsources: [./environments]\ntrust: {keys: [keys/team.pub]}\n");
        foreach (var platform in (string[])["linux-arm64", "win-x64"])
        {
            await DoAsync(project, "push", "--platform", platform, "--to", "environments", "--sign", "team");
            Assert.Contains("has ", (await project.RunAsync("push", "--platform", platform, "--to", "environments", "--sign", "team")).Error, StringComparison.Ordinal);
            project.Variables["VENVBUILD_CACHE"] = project.Beside("elsewhere");
            Assert.Contains($"on {platform}", await DoAsync(project, "pull", "--platform", platform, "-o", $"{platform}.bundle"), StringComparison.Ordinal);
            project.Variables.Remove("VENVBUILD_CACHE");
            using var bundle = BundleReader.Open(project.At($"{platform}.bundle"));
            Assert.Equal(platform, bundle.Manifest.Target.Platform.RuntimeIdentifier);
            Assert.True(File.Exists(project.At($"{platform}.bundle.intoto.jsonl")));
        }

        // Unsigned, it is refused for another machine as it is for this one.
        File.Delete(Directory.GetFiles(project.At("environments"), "*.intoto.jsonl", SearchOption.AllDirectories)[0]);
        File.Delete(Directory.GetFiles(project.At("environments"), "*.intoto.jsonl", SearchOption.AllDirectories)[0]);
        var refused = await project.RunAsync("pull", "--platform", "linux-arm64", "-o", "again.bundle");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("PYENV1801", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(project.At("again.bundle")));
        Assert.Equal(2, (await project.RunAsync("pull", "--platform", "linux-arm64")).ExitCode);
        Assert.Equal(2, (await project.RunAsync("push", "--platform", "osx-arm64", "--to", "environments")).ExitCode);
    }

    private static async Task<ToolProject> ProjectAsync(string more = "")
    {
        var project = new ToolProject();
        project.Index.PageCacheControl = "no-cache";
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");
        project.Offer("demo");
        project.Ask("demo", "environment: {bytecode: false}\n" + more);
        await DoAsync(project, "key", "new", "team", "--no-passphrase");
        await DoAsync(project, "key", "new", "stranger", "--no-passphrase");
        await DoAsync(project, "lock");
        return project;
    }

    private static async Task RefusesAsync(ToolProject project, string code, string? key = null)
    {
        var run = await project.RunAsync(["unpack", "env.bundle", "--path", "refused", .. key is null ? Array.Empty<string>() : ["--key", key]]);
        Assert.True(run.ExitCode == 4, run.Error);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.At("refused")));
    }

    private static async Task<string> DoAsync(ToolProject project, params string[] arguments)
    {
        var run = await project.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)}: {run.ExitCode}\n{run.Output}\n{run.Error}");
        return run.Output;
    }
}

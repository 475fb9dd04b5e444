using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary><c>verify ENV</c>: what a person, and a program, learns of an environment that may have been changed.</summary>
public sealed class CheckingEnvironments
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signed_unchanged_changed_and_forged_are_told_apart_by_their_exit_codes()
    {
        await using var project = Project("sources: [../environments]\ntrust: {keys: [keys/team.pub]}\n");
        await DoAsync(project, "key", "new", "team", "--no-passphrase");
        await DoAsync(project, "lock");
        await DoAsync(project, "push", "--to", project.Beside("environments"), "--sign", "team");
        project.Variables["VENVBUILD_CACHE"] = project.Beside("elsewhere");
        Assert.Contains("taken from", await DoAsync(project, "pull"), StringComparison.Ordinal);

        var requests = project.Index.Requests.Count;
        Assert.Contains(", signed, made by ", await DoAsync(project, "verify", ".venv", "--offline"), StringComparison.Ordinal);
        Assert.Equal((0, "signature", ""), await VerifyAsync(project, ".venv"));
        // Also where only the key is known, and neither manifest nor store is.
        project.Variables["VENVBUILD_CACHE"] = project.Beside("nowhere");
        Directory.Move(project.At("pyenv.yaml"), project.Beside("gone.yaml"));
        Assert.Equal((0, "signature", ""), await VerifyAsync(project, ".venv", "--key", "keys/team.pub"));
        Assert.Equal((0, "nobody", ""), await VerifyAsync(project, ".venv"));
        Directory.Move(project.Beside("gone.yaml"), project.At("pyenv.yaml"));
        Assert.Equal(requests, project.Index.Requests.Count);

        project.Variables["VENVBUILD_CACHE"] = project.Beside("elsewhere");
        var module = Directory.GetFiles(project.At(".venv"), "zeta.py", SearchOption.AllDirectories)[0];
        await File.AppendAllTextAsync(module, "import os\n", Token);
        await File.WriteAllTextAsync(project.At(".venv", "extra.txt"), "x", Token);
        Assert.Equal((1, "signature", $"added extra.txt, changed {Path.GetRelativePath(project.At(".venv"), module).Replace('\\', '/')}"), await VerifyAsync(project, ".venv"));
        var text = await project.RunAsync("verify", ".venv");
        Assert.Contains("error PYENV1690: 'extra.txt' is there, and nothing brought it.", text.Error, StringComparison.Ordinal);
        Assert.Contains(".venv: not as it was installed, 2 findings", text.Output, StringComparison.Ordinal);

        await DoAsync(project, "key", "new", "stranger", "--no-passphrase");
        await RefusesAsync(project, "PYENV1802", "--key", "keys/stranger.pub");
        File.Delete(project.At(".venv", ".venvbuild.intoto.jsonl"));
        await RefusesAsync(project, "PYENV1801");
        await File.WriteAllTextAsync(project.At(".venv", ".venvbuild.manifest.json"), "{}", Token);
        await RefusesAsync(project, "PYENV1651");
    }

    [Theory]
    [InlineData("verify", ".venv")]
    [InlineData("run", "--no-sync", "python", "-c", "import alpha")]
    public async Task An_environment_that_a_killed_run_left_aside_is_put_back_by_who_looks_for_it(params string[] arguments)
    {
        await using var project = Project("");
        await DoAsync(project, "sync");
        var aside = project.At($".venv.{new string('0', 32)}.tmp");
        Directory.CreateDirectory(Path.Combine(aside, "gone"));
        const string journal = """{"format":1,"going":[".gitignore"],"coming":[".gitignore"]}""";
        var seal = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(journal)));
        await File.WriteAllTextAsync(Path.Combine(aside, "journal.json"), $"{journal}\n{seal}\n", Token);
        Directory.CreateDirectory(Path.Combine(aside, "new"));
        File.Copy(project.At(".venv", ".gitignore"), Path.Combine(aside, "new", ".gitignore"));
        Directory.Move(project.At(".venv"), Path.Combine(aside, "env"));

        await DoAsync(project, arguments);

        Assert.False(Directory.Exists(aside));
        Assert.Equal((0, "lock", ""), await VerifyAsync(project, ".venv"));
    }

    [Fact]
    public async Task An_environment_that_was_made_here_is_held_against_the_lock_unless_a_key_is_named()
    {
        await using var project = Project("");
        await DoAsync(project, "sync");
        Assert.Equal((0, "lock", ""), await VerifyAsync(project, ".venv"));
        await DoAsync(project, "key", "new", "team", "--no-passphrase");
        await RefusesAsync(project, "PYENV1801", "--key", "keys/team.pub");

        var text = await File.ReadAllTextAsync(project.At("pylock.toml"), Token);
        var digest = text[(text.IndexOf("sha256 = \"", StringComparison.Ordinal) + 10)..][..64];
        await File.WriteAllTextAsync(project.At("pylock.toml"), text.Replace(digest, new string('0', 64), StringComparison.Ordinal), Token);
        Assert.Equal((1, "lock", "unproven alpha-1.0-py3-none-any.whl"), await VerifyAsync(project, ".venv"));
    }

    [Fact]
    public async Task What_is_no_environment_and_options_of_the_other_kind_are_wrong_usage()
    {
        await using var project = Project("");
        Directory.CreateDirectory(project.At("folder"));
        Assert.Equal(2, (await project.RunAsync("verify", "folder")).ExitCode);
        Assert.Equal(2, (await project.RunAsync("verify", "folder", "--online")).ExitCode);
        Assert.Equal(2, (await project.RunAsync("verify", "--key", "keys/team.pub")).ExitCode);
    }

    private static ToolProject Project(string more)
    {
        var project = new ToolProject();
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");
        var wheel = new WheelMaker("alpha").Module("alpha").Script("alpha-cmd", "alpha:main").File("alpha/sub/__init__.py", "x = 1\n").File("alpha/zeta.py", "x = 2\n");
        project.Index.Add(new("alpha", wheel.FileName, wheel.ToArray()));
        project.Offer("beta");
        project.Ask("alpha, beta", "environment: {bytecode: true, link: copy}\n" + more);
        return project;
    }

    private static async Task<string> DoAsync(ToolProject project, params string[] arguments)
    {
        var run = await project.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)}: {run.ExitCode}\n{run.Output}\n{run.Error}");
        return run.Output;
    }

    private static async Task RefusesAsync(ToolProject project, string code, params string[] arguments)
    {
        var run = await project.RunAsync(["verify", ".venv", .. arguments]);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing of it was unpacked", run.Error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string? Voucher, string Findings)> VerifyAsync(ToolProject project, params string[] arguments)
    {
        var run = await project.RunAsync(["verify", .. arguments, "--json"]);
        using var document = JsonDocument.Parse(run.Output);
        var result = document.RootElement.GetProperty("result");
        return (run.ExitCode, result.GetProperty("vouchedBy").GetString(), string.Join(", ", result.GetProperty("findings").EnumerateArray()
            .Select(finding => $"{finding.GetProperty("kind").GetString()} {finding.GetProperty("path").GetString()}")));
    }
}

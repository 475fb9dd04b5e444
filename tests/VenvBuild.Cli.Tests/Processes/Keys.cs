namespace VenvBuild.Cli.Tests;

/// <summary>The keys of a person, made and replaced at a terminal; nothing secret is ever said.</summary>
public sealed class Keys
{
    private const string Passphrase = "correct horse battery staple";

    [Fact]
    public async Task A_new_key_is_encrypted_and_its_public_half_lies_where_the_manifest_can_name_it()
    {
        await using var project = new ToolProject();
        project.Ask("demo");
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");
        project.Variables["VENVBUILD_KEY_PASSPHRASE"] = Passphrase;

        var made = await project.RunAsync("key", "new", "team");
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Contains("trust: {keys: [keys/team.pub]}", made.Error, StringComparison.Ordinal);
        var secret = await File.ReadAllTextAsync(project.Beside("keyring", "team.key"), TestContext.Current.CancellationToken);
        Assert.Contains("BEGIN ENCRYPTED PRIVATE KEY", secret, StringComparison.Ordinal);

        var shown = await project.RunAsync("key", "show", "keys/team.pub", "--json");
        Assert.Contains(made.Output.Trim(), shown.Output, StringComparison.Ordinal);
        var again = await project.RunAsync("key", "new", "team", "-v");
        Assert.Equal(2, again.ExitCode);
        AssertSilent(secret, made, shown, again, await project.RunAsync("key", "show", "--json", "-v"));
    }

    [Fact]
    public async Task A_rotated_key_leaves_the_old_public_half_beside_the_new_one_until_it_is_revoked()
    {
        await using var project = new ToolProject();
        project.Ask("demo");
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");

        var first = (await project.RunAsync("key", "new", "team", "--no-passphrase")).Output.Trim();
        var second = (await project.RunAsync("key", "rotate", "team", "--no-passphrase")).Output.Trim();
        Assert.Equal([second, first], await IdsAsync(project, "keys/team.pub"));
        Assert.True(File.Exists(project.Beside("keyring", $"team.{first[..12]}.key")));
        var third = (await project.RunAsync("key", "rotate", "team", "--no-passphrase", "--revoke")).Output.Trim();
        Assert.Equal([third], await IdsAsync(project, "keys/team.pub"));
        Assert.Equal([third], await IdsAsync(project, "team"));
        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
    }

    [Fact]
    public async Task Without_anybody_to_ask_a_key_is_not_made_without_a_passphrase_by_accident()
    {
        await using var project = new ToolProject();
        project.Ask("demo");
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");

        var run = await project.RunAsync("key", "new", "team");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--no-passphrase", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.Beside("keyring")));
        Assert.Equal(2, (await project.RunAsync("key", "new", "../team", "--no-passphrase")).ExitCode);
        Assert.Equal(2, (await project.RunAsync("key", "rotate", "nobody", "--no-passphrase")).ExitCode);
        Assert.Equal(2, (await project.RunAsync("key", "show", "nobody")).ExitCode);
    }

    private static async Task<string[]> IdsAsync(ToolProject project, string key)
    {
        var run = await project.RunAsync("key", "show", key);
        Assert.True(run.ExitCode == 0, run.Error);
        return [.. run.Output.Split('\n').Where(line => line.StartsWith("team ", StringComparison.Ordinal)).Select(line => line[5..])];
    }

    /// <summary>Neither the passphrase nor a line of the private key is in what any run wrote.</summary>
    private static void AssertSilent(string secret, params Run[] runs)
    {
        foreach (var run in runs)
        {
            Assert.DoesNotContain(Passphrase, run.Output + run.Error, StringComparison.Ordinal);
            foreach (var line in secret.Split('\n').Where(line => line.Length > 8 && !line.StartsWith('-')))
                Assert.DoesNotContain(line, run.Output + run.Error, StringComparison.Ordinal);
        }
    }
}

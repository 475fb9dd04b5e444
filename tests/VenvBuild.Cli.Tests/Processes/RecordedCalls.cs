using System.Globalization;
using System.Text;
using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>What goes over the wire when an environment is published to releases and taken from them, as it was recorded.</summary>
public sealed class RecordedCalls
{
    private const int Packages = 100;

    [Fact]
    public async Task Of_a_first_push_a_second_and_a_pull_are_these()
    {
        await using var github = new GitHubStandIn { IsPrivate = true };
        await using var project = await ProjectAsync(github, "one", "two", "three");
        var text = new StringBuilder();
        foreach (var (what, arguments) in new (string, string[])[] { ("push", ["push", "--sign", "team"]), ("push again", ["push", "--sign", "team"]), ("pull elsewhere", ["pull"]) })
        {
            if (arguments[0] == "pull")
                Directory.Delete(project.Cache, recursive: true);
            github.Clear();
            var run = await project.RunAsync([.. arguments, "--json"]);
            Assert.True(run.ExitCode == 0, run.Error);
            text.AppendLine(CultureInfo.InvariantCulture, $"{what}: {(github.BytesTaken == 0 ? "nothing" : "layers, signatures and description")} sent, {(github.BytesGiven == 0 ? "nothing" : "bytes")} fetched");
            // Several layers are fetched side by side, so that only the order of the kinds is always the same.
            foreach (var call in github.Calls.GroupBy(call => call))
                text.AppendLine(CultureInfo.InvariantCulture, $"  {call.Count()} x {call.Key}");
        }

        Snapshot.Match(text.ToString(), "RecordedCalls");
    }

    [Fact]
    public async Task Of_a_hundred_packages_with_one_bumped_only_its_layer_is_pushed_and_pulled()
    {
        await using var github = new GitHubStandIn { IsPrivate = true };
        var names = Enumerable.Range(0, Packages).Select(i => string.Create(CultureInfo.InvariantCulture, $"demo{i}")).ToArray();
        await using var project = await ProjectAsync(github, names);
        Assert.Equal((Packages, Packages), await PushAsync(project));
        // Another machine that takes it.
        var builds = project.Variables["VENVBUILD_CACHE"] = project.Beside("builds");
        Directory.Move(project.Cache, builds);
        project.Variables.Remove("VENVBUILD_CACHE");
        Assert.Equal(0, (await project.RunAsync("pull")).ExitCode);
        var all = github.BytesGiven;

        project.Offer("demo7", "2.0");
        project.Variables["VENVBUILD_CACHE"] = builds;
        Assert.Equal(0, (await project.RunAsync("lock", "--upgrade")).ExitCode);
        github.Clear();
        Assert.Equal((1, Packages), await PushAsync(project));
        var (sent, layers) = (github.BytesTaken, github.Calls.Count(call => call == "POST layer"));
        Assert.Equal(1, layers);

        project.Variables.Remove("VENVBUILD_CACHE");
        github.Clear();
        var pulled = await project.RunAsync("pull");
        Assert.True(pulled.ExitCode == 0, pulled.Error);
        // The description, the signatures, and one layer.
        Assert.Equal(3, github.Calls.Count(call => call == "GET bytes"));
        Assert.Equal(sent, github.BytesGiven);
        Assert.InRange(github.BytesGiven, 1, all - Packages / 2 * 300);
        Assert.Equal("2.0", await project.PythonAsync("import importlib.metadata as m; print(m.version('demo7'))"));
    }

    private static async Task<(int Sent, int All)> PushAsync(ToolProject project)
    {
        var run = await project.RunAsync("push", "--sign", "team", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        using var answer = JsonDocument.Parse(run.Output);
        var push = answer.RootElement.GetProperty("result");
        return (push.GetProperty("layersMoved").GetInt32(), push.GetProperty("layers").GetInt32());
    }

    private static async Task<ToolProject> ProjectAsync(GitHubStandIn github, params string[] names)
    {
        var project = new ToolProject();
        project.Index.PageCacheControl = "no-cache";
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");
        project.Variables["GITHUB_API_URL"] = github.Root.AbsoluteUri;
        // An Enterprise server, which sets no limits to how much is sent a minute.
        project.Variables["GITHUB_SERVER_URL"] = "https://github.example";
        project.Variables["GITHUB_TOKEN"] = github.Token;
        foreach (var name in names)
            project.Offer(name);
        project.Ask(string.Join(", ", names), "publish: {github: owner/repo}\nsources: [github]\ntrust: {keys: [keys/team.pub]}\n");
        foreach (var arguments in new string[][] { ["key", "new", "team", "--no-passphrase"], ["lock"] })
        {
            var run = await project.RunAsync(arguments);
            Assert.True(run.ExitCode == 0, run.Error);
        }

        return project;
    }
}

using VenvBuild.Testing;
using YamlDotNet.RepresentationModel;

namespace VenvBuild.Cli.Tests;

/// <summary>The workflows of examples/GitHubActions: what they call exists, and does in a workflow what they are for.</summary>
public sealed class GitHubWorkflows
{
    private const string Tool = "dotnet pyenv ";

    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "GitHubActions");
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    public static TheoryData<string> Workflows => [.. Directory.EnumerateFiles(Folder, "*.yml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Each_is_a_workflow_whose_commands_the_tool_understands(string file)
    {
        var workflow = Read(file);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), Text(workflow, "name"));
        Assert.True(workflow.Children.ContainsKey("on"));
        Assert.True(workflow.Children.ContainsKey("permissions"));
        var steps = Steps(workflow);
        Assert.All(steps, step => Assert.True(step.Children.ContainsKey("uses") ^ step.Children.ContainsKey("run")));
        Assert.All(steps.Select(step => Text(step, "uses")).OfType<string>(), action => Assert.Matches("^[a-z-]+/[a-z-]+@v[0-9]+$", action));
        var commands = Commands(steps);
        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            var parsed = CommandLine.Parse(CommandLine.Verbs(), Words(command));
            Assert.Empty(UsageErrors.Find(parsed));
            Assert.IsType<Verb>(parsed.CommandResult.Command, exactMatch: false);
        }
    }

    [Fact]
    public void The_page_names_each()
    {
        var page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Directory.EnumerateFiles(Folder, "*.yml"), path => Assert.Contains($"]({Path.GetFileName(path)})", page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task The_commands_of_each_succeed_in_their_order_and_say_on_the_job_s_page_what_they_did(string file)
    {
        await using var project = Project();
        project.Offer("demo", "1.0");
        project.Ask("demo");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        project.Offer("demo", "1.1");

        foreach (var command in Commands(Steps(Read(file))))
        {
            var run = await project.RunAsync(Words(command));
            Assert.True(run.ExitCode == 0, $"{command}\n{run.Output}{run.Error}");
        }

        var page = File.Exists(project.Beside("page.md")) ? await File.ReadAllTextAsync(project.Beside("page.md"), Stop) : "";
        Assert.Contains(
            file switch
            {
                "build.yml" => "### .venv: made with 1 package, Python",
                "check-lock.yml" => "### pylock.toml: up to date, 1 package\n",
                _ => "- demo 1.0 became 1.1\n\n### Every pin is the newest release\n",
            },
            page.Replace("\\_", "_", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forgotten_lock_fails_the_check_with_an_annotation_of_the_lock()
    {
        await using var project = Project();
        project.Offer("demo");
        project.Offer("other");
        project.Ask("demo");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        project.Ask("demo, other");

        var run = await project.RunAsync("lock", "--check");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("::error file=pylock.toml,title=PYENV1250::The lock does not answer the manifest: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("### pylock.toml: stale\n", await File.ReadAllTextAsync(project.Beside("page.md"), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_the_manifest_is_annotated_in_its_line()
    {
        await using var project = Project();
        project.Ask("demo>>1");

        var run = await project.RunAsync("lock");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("::error file=pyenv.yaml,line=1,col=", run.Error, StringComparison.Ordinal);
    }

    /// <summary>A project with the variables that a runner sets.</summary>
    private static ToolProject Project()
    {
        var project = new ToolProject();
        project.Variables["GITHUB_ACTIONS"] = "true";
        project.Variables["GITHUB_WORKSPACE"] = project.Folder;
        project.Variables["GITHUB_STEP_SUMMARY"] = project.Beside("page.md");
        return project;
    }

    private static YamlMappingNode Read(string file)
    {
        using var text = File.OpenText(Path.Combine(Folder, file));
        var yaml = new YamlStream();
        yaml.Load(text);
        return Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
    }

    private static List<YamlMappingNode> Steps(YamlMappingNode workflow) =>
    [
        .. Assert.IsType<YamlMappingNode>(workflow["jobs"]).Children.Values.OfType<YamlMappingNode>().SelectMany(job =>
        {
            Assert.NotNull(Text(job, "runs-on"));
            return Assert.IsType<YamlSequenceNode>(job["steps"]).Children.Cast<YamlMappingNode>();
        }),
    ];

    /// <summary>What the steps call of the tool, without its name.</summary>
    private static List<string> Commands(List<YamlMappingNode> steps) =>
    [
        .. steps.Select(step => Text(step, "run")).OfType<string>().SelectMany(script => script.Split('\n')).Select(line => line.Trim())
            .Where(line => line.StartsWith(Tool, StringComparison.Ordinal)).Select(line => line[Tool.Length..]),
    ];

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? (value as YamlScalarNode)?.Value : null;

    /// <summary>The words of a command line; what stands in double quotes is one.</summary>
    private static string[] Words(string line) =>
        [.. line.Split('"').SelectMany((part, place) => place % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}

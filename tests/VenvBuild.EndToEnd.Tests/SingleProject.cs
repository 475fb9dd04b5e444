using System.Text.Json;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>One project beside its manifest. The tool is the recording one.</summary>
public sealed class SingleProject(PackedPackages packages)
{
    [Fact]
    public async Task Runs_the_tool_when_and_only_when_something_that_it_depends_on_changed()
    {
        using var consumer = OneProject("requirements: [a]\n");
        (await consumer.DotNetAsync("restore")).Succeeded();
        Task<CommandRun> BuildAsync(params string[] more) => consumer.DotNetAsync(["build", "--no-restore", "-t:PyEnvSync", Consumer.Recording, .. more]);
        Assert.Empty(consumer.Runs);

        (await BuildAsync()).Succeeded();
        Assert.Single(consumer.Runs);

        File.SetLastWriteTimeUtc(consumer.At("pyenv.yaml"), DateTime.UtcNow.AddSeconds(1));
        (await BuildAsync()).Succeeded();
        Assert.Equal(2, consumer.Runs.Length);

        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        File.Delete(consumer.At("pylock.toml"));
        (await BuildAsync()).Succeeded();
        Assert.Equal(3, consumer.Runs.Length);

        string[] other = ["-p:PyEnvGroups=lint%3Btest", "-p:PyEnvPython=3.12", "-p:PyEnvDirectory=other", "-p:PyEnvOffline=true", "-p:ContinuousIntegrationBuild=true"];
        (await BuildAsync(other)).Succeeded();
        Assert.Equal(
            $"sync --locked --path {consumer.At("other")} --python 3.12 --group lint --group test --manifest {consumer.At("pyenv.yaml")} --offline --diagnostics msbuild",
            consumer.Runs[3]);
        (await BuildAsync(other)).Succeeded();
        Assert.Equal(4, consumer.Runs.Length);
    }

    [Fact]
    public async Task Shows_what_the_tool_complains_of_at_its_place_with_the_explanation()
    {
        using var consumer = OneProject("requirements: [a]\n");
        consumer.Write("reply.txt", "pyenv.yaml(4,5): error PYENV1399: Nothing fits. Ask for less.\n    because of this\ndotnet-pyenv: warning PYENV1398: Beware.\n");

        var run = await consumer.DotNetAsync("build", "-t:Restore;PyEnvSync", Consumer.Recording);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{consumer.At("pyenv.yaml")}(4,5): error PYENV1399: Nothing fits. Ask for less.", run.Output, StringComparison.Ordinal);
        Assert.Contains("because of this", run.Output, StringComparison.Ordinal);
        Assert.Contains("warning PYENV1398: Beware.", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 Warning(s)", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 Error(s)", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MSB6006", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaves_a_design_time_build_alone_but_gives_it_the_class()
    {
        using var consumer = OneProject("requirements: [a]\n");
        (await consumer.DotNetAsync("restore")).Succeeded();

        (await consumer.DotNetAsync("build", "--no-restore", "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", Consumer.Recording)).Succeeded();

        Assert.Empty(consumer.Runs);
        var source = await File.ReadAllTextAsync(consumer.At("obj", "Debug", "net10.0", "PyEnv.g.cs"), TestContext.Current.CancellationToken);
        Assert.Contains("namespace @App", source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Has_a_target_for_each_step_and_tells_an_editor_what_the_environment_depends_on()
    {
        using var consumer = OneProject("requirements: [a]\n");
        (await consumer.DotNetAsync("restore")).Succeeded();
        string[] common = ["build", "--no-restore", Consumer.Recording, "-p:PyEnvServer=http://venvs.example/"];

        (await consumer.DotNetAsync([.. common, "-t:PyEnvLock;PyEnvCheck;PyEnvSync"])).Succeeded();

        var options = $"--manifest {consumer.At("pyenv.yaml")} --server http://venvs.example/ --diagnostics msbuild";
        Assert.Equal([$"lock {options}", $"check {options}", $"sync {options}"], consumer.Runs);
        (await consumer.DotNetAsync([.. common, "-t:PyEnvClean"])).Succeeded();
        Assert.False(Directory.Exists(consumer.At(".venv")));
        Assert.Equal(3, consumer.Runs.Length);

        using var answer = JsonDocument.Parse((await consumer.DotNetAsync("msbuild", "-getItem:UpToDateCheckInput")).Succeeded().Output);
        var inputs = answer.RootElement.GetProperty("Items").GetProperty("UpToDateCheckInput").EnumerateArray()
            .Where(item => item.GetProperty("Set").GetString() == "PyEnv").Select(item => item.GetProperty("FullPath").GetString());
        Assert.Equal([consumer.At("pyenv.yaml"), consumer.At("pylock.toml")], inputs);
    }

    [Fact]
    public async Task Is_left_alone_where_it_is_told_to()
    {
        using var consumer = OneProject("requirements: [a]\n");

        var run = (await consumer.DotNetAsync("build", Consumer.Recording, "-p:PyEnvEnabled=false")).Succeeded();

        Assert.Empty(consumer.Runs);
        Assert.DoesNotContain("PYENV", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(consumer.Folder, "PyEnv.g.cs", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task May_be_in_a_language_that_no_class_is_made_for()
    {
        using var consumer = new Consumer(packages, "requirements: [a]\n");
        consumer.Write("App.fsproj", """
            <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            <ItemGroup><Compile Include="Library.fs" /></ItemGroup></Project>
            """);
        consumer.Write("Library.fs", "module Library\nlet answer = 42\n");

        (await consumer.DotNetAsync("build", Consumer.Recording)).Succeeded();

        Assert.Single(consumer.Runs);
        Assert.Empty(Directory.GetFiles(consumer.Folder, "PyEnv.g.cs", SearchOption.AllDirectories));
        using var answer = JsonDocument.Parse((await consumer.DotNetAsync("msbuild", "-getProperty:PyEnvPythonExecutable", "-getProperty:PyEnvDirectory")).Succeeded().Output);
        Assert.Equal(consumer.At(".venv"), answer.RootElement.GetProperty("Properties").GetProperty("PyEnvDirectory").GetString());
    }

    [Theory]
    [InlineData("requirements: [a]\n", ".venv")]
    [InlineData("environment: {bytecode: true, path: \"envs/py\"}\n", "envs/py")]
    [InlineData("environment:   # where\n  bytecode: true\n  path: 'py' # here\nname: x\n", "py")]
    public async Task Says_where_the_environment_is_without_a_build(string manifest, string folder)
    {
        using var consumer = OneProject(manifest);
        (await consumer.DotNetAsync("restore")).Succeeded();
        Directory.CreateDirectory(consumer.At(folder, "lib", "python3.12", "site-packages"));

        var run = (await consumer.DotNetAsync(
            "msbuild", "-getProperty:PyEnvDirectory", "-getProperty:PyEnvPythonExecutable", "-getProperty:PyEnvSitePackages", "-getProperty:PyEnvLockFile")).Succeeded();

        using var answer = JsonDocument.Parse(run.Output);
        string? Property(string name) => answer.RootElement.GetProperty("Properties").GetProperty(name).GetString();
        var environment = Path.GetFullPath(consumer.At(folder));
        Assert.Equal(environment, Property("PyEnvDirectory"));
        Assert.Equal(consumer.At("pylock.toml"), Property("PyEnvLockFile"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Path.Combine(environment, "bin", "python"), Property("PyEnvPythonExecutable"));
            Assert.Equal(Path.Combine(environment, "lib", "python3.12", "site-packages"), Property("PyEnvSitePackages"));
        }
    }

    [Fact]
    public async Task Says_so_when_the_environment_is_elsewhere_than_the_build_looks()
    {
        // The recording tool makes .venv whatever the manifest says.
        using var consumer = OneProject("environment:\n  path: elsewhere\n");

        var run = await consumer.DotNetAsync("build", "-t:Restore;PyEnvSync", Consumer.Recording);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error PYENV1091", run.Output, StringComparison.Ordinal);
    }

    private Consumer OneProject(string manifest)
    {
        var consumer = new Consumer(packages, manifest);
        consumer.Write("App.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");
        return consumer;
    }
}

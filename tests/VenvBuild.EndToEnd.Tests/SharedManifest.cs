namespace VenvBuild.EndToEnd.Tests;

/// <summary>Two projects with two frameworks each below one manifest. The tool is the recording one: what counts is how often it is called.</summary>
public sealed class SharedManifest(PackedPackages packages)
{
    [Fact]
    public async Task Is_run_once_for_all_projects_and_frameworks_and_not_at_all_when_nothing_changed()
    {
        using var consumer = TwoProjects();

        var first = (await consumer.DotNetAsync("build", "All.slnx", Consumer.Recording)).Succeeded();
        Assert.Equal([$"sync --manifest {consumer.At("pyenv.yaml")} --diagnostics msbuild"], consumer.Runs);
        Assert.Equal(2, first.Output.Split($"{consumer.At(".venv")}: made with 3 packages").Length);
        Assert.DoesNotContain("a remark on the way", first.Output, StringComparison.Ordinal);

        (await consumer.DotNetAsync("build", "All.slnx", "--no-restore", Consumer.Recording)).Succeeded();
        Assert.Single(consumer.Runs);

        Directory.Delete(consumer.At(".venv"), recursive: true);
        (await consumer.DotNetAsync("build", "All.slnx", "--no-restore", "-graph", Consumer.Recording)).Succeeded();
        Assert.Equal(2, consumer.Runs.Length);

        (await consumer.DotNetAsync("clean", "All.slnx", Consumer.Recording)).Succeeded();
        Assert.False(Directory.Exists(consumer.At(".venv")));
        string[] left = [.. new[] { "pyenv.stamp", "pyenv.inputs", "PyEnv.g.cs" }.SelectMany(name => Directory.GetFiles(consumer.Folder, name, SearchOption.AllDirectories))];
        Assert.Empty(left);
        Assert.True(File.Exists(consumer.At("pylock.toml")));
        Assert.Equal(2, consumer.Runs.Length);
    }

    private Consumer TwoProjects()
    {
        var consumer = new Consumer(packages, "requirements: [a]\n");
        // A second framework whose reference assemblies the SDK brings along.
        const string Frameworks = "<PropertyGroup><TargetFrameworks>net10.0;net10.0-browser</TargetFrameworks></PropertyGroup>";
        consumer.Write("Library/Library.csproj", $"""<Project Sdk="Microsoft.NET.Sdk">{Frameworks}</Project>""");
        consumer.Write("Library/Paths.cs", "public class Paths { public string Packages => Library.PyEnv.SitePackages; }");
        consumer.Write("2nd-app/2nd-app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">{Frameworks}<ItemGroup><ProjectReference Include="../Library/Library.csproj" /></ItemGroup></Project>
            """);
        consumer.Write("2nd-app/Paths.cs", "class Paths2 { public string Python => _2nd_app.PyEnv.PythonExecutable; }");
        consumer.Write("All.slnx", """<Solution><Project Path="Library/Library.csproj" /><Project Path="2nd-app/2nd-app.csproj" /></Solution>""");
        return consumer;
    }
}

using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

public sealed class Init
{
    [Fact]
    public async Task Begins_a_manifest_with_the_requests_of_a_requirements_file()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("base.txt"), "Django>=4.2  # web\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder.File("requirements.txt"),
            """
            -r base.txt
            --index-url https://me:secret@packages.example/simple
            requests[socks]>2.7 \
                --hash=sha256:00 ; sys_platform != "win32"
            --no-binary :all:
            """.Replace("--hash=sha256:00 ; sys_platform != \"win32\"", "; sys_platform != \"win32\" --hash=sha256:00", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        var outcome = await InitVerb.RunAsync(Context(folder), new() { From = "requirements.txt" }, TestContext.Current.CancellationToken);

        var text = await File.ReadAllTextAsync(outcome.ManifestPath, TestContext.Current.CancellationToken);
        Assert.Equal(
            """
            python: ">=3.11"
            requirements:
              - django>=4.2
              - "requests[socks]>2.7; sys_platform != \"win32\""
            indexes:
              - {name: index-1, url: "https://packages.example/simple"}

            """, text);
        Assert.Equal(2, outcome.LeftOut.Count);
        Assert.DoesNotContain("secret", text + string.Concat(outcome.LeftOut), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Never_overwrites_a_manifest()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("pyenv.yaml"), "requirements: [flask]\n", TestContext.Current.CancellationToken);
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => InitVerb.RunAsync(Context(folder), new(), TestContext.Current.CancellationToken));
        Assert.Equal("PYENV1010", refusal.Diagnostics[0].Code);
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
    }

    [Fact]
    public async Task Points_at_the_line_that_is_no_requirement()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("requirements.txt"), "flask\nrequests>>2\n", TestContext.Current.CancellationToken);
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(
            () => InitVerb.RunAsync(Context(folder), new() { From = "requirements.txt" }, TestContext.Current.CancellationToken));
        Assert.Equal(2, refusal.Diagnostics[0].Location!.Line);
        Assert.False(File.Exists(folder.File("pyenv.yaml")));
    }

    private static WorkspaceContext Context(TestFolder folder) => new() { WorkingDirectory = folder.Path, ToolVersion = "0.1.0" };
}

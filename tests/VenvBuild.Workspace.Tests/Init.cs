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
    public async Task Takes_what_pip_takes_in_place_of_a_requirement()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.File("own"));
        await File.WriteAllTextAsync(folder.File("own/pyproject.toml"), "[project]\nname = \"Own_Project\"\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder.File("requirements.txt"),
            """
            --pre
            --only-binary :all:
            -e ./own
            -e git+https://packages.example/x.git#egg=x
            git+https://packages.example/y.git
            z @ git+https://packages.example/z.git
            ./wheels/foo_bar-1.0-py3-none-any.whl
            wheels/baz-1.0-py3-none-any.whl ; python_version < "3.14"
            https://packages.example/files/web-1.0-py3-none-any.whl
            """,
            TestContext.Current.CancellationToken);

        var outcome = await InitVerb.RunAsync(Context(folder), new() { From = "requirements.txt" }, TestContext.Current.CancellationToken);

        Assert.Equal(
            """
            python: ">=3.11"
            requirements:
              - "own-project @ ./own"
              - "foo-bar @ ./wheels/foo_bar-1.0-py3-none-any.whl"
              - "baz @ ./wheels/baz-1.0-py3-none-any.whl ; python_version < \"3.14\""
              - "web @ https://packages.example/files/web-1.0-py3-none-any.whl"
            prereleases: allow

            """,
            await File.ReadAllTextAsync(outcome.ManifestPath, TestContext.Current.CancellationToken));
        Assert.Equal(["(4)", "(5)", "(6)"], outcome.LeftOut.Select(line => line["requirements.txt".Length..].Split(':')[0]));
        Assert.Contains("editable", Assert.Single(outcome.ToCheck), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_what_uv_and_poetry_say_of_sources_and_extras()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(
            folder.File("pyproject.toml"),
            """
            [project]
            name = "app"
            requires-python = ">=3.11"
            dependencies = ["torch", "beside[x]>=1 ; sys_platform == 'linux'"]
            [tool.uv]
            exclude-dependencies = ["Colorama"]
            [[tool.uv.index]]
            name = "wheels"
            url = "https://wheels.example/simple"
            explicit = true
            [tool.uv.sources]
            torch = {index = "wheels"}
            beside = {path = "../beside", editable = true}
            [tool.poetry.dependencies]
            flask = {version = "~3.0", optional = true}
            lone = {version = "*", optional = true}
            many = [{version = "<2", python = "<3.12"}, {version = ">=2", markers = "sys_platform == 'win32'"}]
            near = {path = "near"}
            [tool.poetry.extras]
            web = ["flask"]
            """,
            TestContext.Current.CancellationToken);

        var outcome = await InitVerb.RunAsync(Context(folder), new() { From = "pyproject.toml" }, TestContext.Current.CancellationToken);

        Assert.Equal(
            """
            name: app
            python: ">=3.11"
            requirements:
              - torch
              - "beside[x] @ ../beside ; sys_platform == \"linux\""
              - "many<2; python_version < \"3.12\""
              - "many>=2; sys_platform == \"win32\""
              - "near @ ./near"
            groups:
              web:
                - "flask>=3.0,<3.1"
            indexes:
              - {name: wheels, url: "https://wheels.example/simple", packages: [torch]}
              - pypi
            exclude: [colorama]

            """,
            await File.ReadAllTextAsync(outcome.ManifestPath, TestContext.Current.CancellationToken));
        Assert.StartsWith("tool.poetry.dependencies.lone", Assert.Single(outcome.LeftOut), StringComparison.Ordinal);
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

using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary><c>init --from</c> the files of other tools.</summary>
public sealed class TakingRequests
{
    [Fact]
    public async Task A_project_gives_its_dependencies_extras_and_groups()
    {
        var (text, left) = await TakeAsync("pyproject.toml", """
            [project]
            name = "demo"
            requires-python = ">=3.12,<3.14"
            dependencies = ["flask>=3", "httpx[http2]; sys_platform != 'win32'"]
            [project.optional-dependencies]
            fast = ["orjson"]
            all = ["demo[fast]", "rich"]
            [dependency-groups]
            test = ["pytest>=8", {include-group = "lint"}]
            lint = ["ruff"]
            [tool.uv]
            constraint-dependencies = ["werkzeug<4"]
            override-dependencies = ["jinja2>=3"]
            default-groups = ["test"]
            prerelease = "allow"
            exclude-newer = "2026-10-01"
            managed = true
            [[tool.uv.index]]
            name = "corp"
            url = "https://me:secret@packages.example/simple"
            [tool.uv.sources]
            rich = { git = "https://git.example/rich" }
            """);
        Assert.Equal(
            """
            name: demo
            python: ">=3.12,<3.14"
            requirements:
              - flask>=3
              - "httpx[http2]; sys_platform != \"win32\""
            groups:
              fast:
                - orjson
              all:
                - {include: fast}
                - rich
              test:
                - pytest>=8
                - {include: lint}
              lint:
                - ruff
            default-groups:
              - test
            constraints:
              - werkzeug<4
            overrides:
              - jinja2>=3
            indexes:
              - {name: corp, url: "https://packages.example/simple"}
              - pypi
            prereleases: allow
            exclude-newer: "2026-10-01"

            """, text);
        Assert.Equal(["tool.uv.index", "tool.uv.sources.rich", "tool.uv.managed"], left.Select(line => line.Split(": ")[0]));
        Assert.DoesNotContain("secret", text + string.Concat(left), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poetry_s_bounds_become_version_specifiers()
    {
        var (text, left) = await TakeAsync("pyproject.toml", """
            [tool.poetry]
            name = "demo"
            [tool.poetry.dependencies]
            python = "^3.11"
            flask = "^2.3.1"
            zero = "^0.3.2"
            near = "~1.4"
            exact = "1.2.3"
            any = "*"
            win = { version = ">=1,<2", extras = ["x"], markers = "sys_platform == 'win32'" }
            repo = { git = "https://git.example/repo" }
            either = "^1 || ^2"
            [tool.poetry.group.test.dependencies]
            pytest = "^8"
            """);
        Assert.Equal(
            """
            name: demo
            python: ">=3.11,<4"
            requirements:
              - "flask>=2.3.1,<3"
              - "zero>=0.3.2,<0.4"
              - "near>=1.4,<1.5"
              - exact==1.2.3
              - any
              - "win[x]>=1,<2; sys_platform == \"win32\""
            groups:
              test:
                - "pytest>=8,<9"

            """, text);
        Assert.Equal(2, left.Count);
    }

    [Fact]
    public async Task Conda_s_packages_are_taken_by_their_names_on_PyPI_and_libraries_are_named()
    {
        var (text, left) = await TakeAsync("environment.yml", """
            name: science
            channels: [conda-forge]
            dependencies:
              - python=3.11
              - numpy=1.26
              - conda-forge::pytorch>=2.1
              - pandas=2.2.1=py311h_0
              - cudatoolkit=11.8
              - libgdal
              - pip
              - pip:
                - requests[socks]>=2
            """);
        Assert.Equal(
            "name: science\npython: \"==3.11.*\"\nrequirements:\n  - \"numpy==1.26.*\"\n  - torch>=2.1\n  - pandas==2.2.1\n  - \"requests[socks]>=2\"\n", text);
        Assert.Equal(["line 8: 'cudatoolkit'", "line 9: 'libgdal'"], left.Select(line => line.Split(" is no")[0]));
    }

    [Fact]
    public async Task A_pip_section_may_say_what_a_requirements_file_says()
    {
        using var folder = new TestFolder();
        folder.Write("more.txt", "rich\n");
        folder.Write("environment.yml", "dependencies:\n  - pip:\n    - -r more.txt\n    - flask>=3  # web\n    - --extra-index-url https://packages.example/simple\n    - git+https://packages.example/x.git\n");
        var outcome = await InitVerb.RunAsync(new() { WorkingDirectory = folder.Path, ToolVersion = "0.1.0" }, new() { From = "environment.yml" }, LockWorld.Stop);
        Assert.Equal(["rich", "flask>=3"], outcome.Requirements);
        Assert.StartsWith("environment.yml(6): 'git+https", Assert.Single(outcome.LeftOut), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_no_manifest_may_have_is_left_out()
    {
        var (text, left) = await TakeAsync("environment.yml", "name: my env!\ndependencies: [numpy]\n");
        Assert.Equal("python: \">=3.11\"\nrequirements:\n  - numpy\n", text);
        Assert.StartsWith("the name 'my env!'", Assert.Single(left), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conda_s_names_that_nobody_mapped_are_taken_and_named_as_what_to_check()
    {
        using var folder = new TestFolder();
        folder.Write("environment.yml", "dependencies: [pytorch, widgets=2, 'odd-name>=1', zlib, {pip: [rich]}]\n");
        var outcome = await InitVerb.RunAsync(new() { WorkingDirectory = folder.Path, ToolVersion = "0.1.0" }, new() { From = "environment.yml" }, LockWorld.Stop);
        Assert.Equal(["torch", "widgets==2.*", "odd-name>=1", "rich"], outcome.Requirements);
        Assert.StartsWith("widgets, odd-name: taken by conda's name", Assert.Single(outcome.ToCheck), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_s_pins_become_exact_requests()
    {
        var (text, _) = await TakeAsync("pylock.toml", """
            lock-version = "1.0"
            created-by = "somebody"
            requires-python = ">=3.11"
            [[packages]]
            name = "a"
            version = "1.0"
            marker = "sys_platform == 'win32'"
            [[packages.wheels]]
            name = "a-1.0-py3-none-any.whl"
            url = "https://files.example/a-1.0-py3-none-any.whl"
            hashes = {sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
            """);
        Assert.Equal("python: \">=3.11\"\nrequirements:\n  - \"a==1.0; sys_platform == \\\"win32\\\"\"\n", text);
    }

    [Fact]
    public async Task A_lock_s_groups_are_groups_again_and_lock_to_the_same_pins()
    {
        await using var world = new LockWorld().Add("a", "1.0").Add("b", "1.0").Add("c", "1.0").Add("d", "1.0");
        world.Manifest("requirements: [a]\ngroups: {lint: [b], test: [c, {include: lint}, \"d; sys_platform == 'win32'\"]}\ndefault-groups: [test]\nplatforms: [linux-x64, win-x64]\n");
        await world.LockAsync();
        var before = (await LockReader.LoadAsync(world.LockPath, LockWorld.Stop)).Document;
        var (text, left) = await TakeAsync("pylock.toml", world.Lock);

        Assert.Empty(left);
        Assert.Contains("groups:\n  lint:\n    - b==1.0\n  test:\n    - b==1.0\n    - c==1.0\n    - \"d==1.0; sys_platform == \\\"win32\\\"\"\ndefault-groups:", text, StringComparison.Ordinal);
        Assert.Contains("requirements:\n  - a==1.0\n", text, StringComparison.Ordinal);
        world.Manifest(text.Replace("python:", "# python:", StringComparison.Ordinal) + "\nplatforms: [linux-x64, win-x64]\n");
        await world.LockAsync();
        var after = (await LockReader.LoadAsync(world.LockPath, LockWorld.Stop)).Document;
        Assert.Equal(before.Packages.Select(package => $"{package.Name} {package.Version} {package.Marker}"), after.Packages.Select(package => $"{package.Name} {package.Version} {package.Marker}"));
        Assert.Equal(before.DefaultGroups, after.DefaultGroups);
    }

    [Theory]
    [InlineData("pyproject.toml", "[project\n", 1)]
    [InlineData("pyproject.toml", "[project]\ndependencies = [\"a>>1\"]\n", 0)]
    [InlineData("pyproject.toml", "[build-system]\nrequires = []\n", 0)]
    [InlineData("environment.yml", "dependencies: none\n", 1)]
    [InlineData("environment.yml", "dependencies:\n  - pip:\n    - a>>1\n", 3)]
    [InlineData("setup.py", "", 0)]
    public async Task A_file_that_cannot_be_read_is_refused_with_its_place_and_nothing_is_written(string name, string content, int line)
    {
        using var folder = new TestFolder();
        folder.Write(name, content);
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(
            () => InitVerb.RunAsync(new() { WorkingDirectory = folder.Path, ToolVersion = "0.1.0" }, new() { From = name }, LockWorld.Stop));
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
        Assert.Equal(line, refusal.Diagnostics[0].Location!.Line);
        Assert.False(File.Exists(folder.File("pyenv.yaml")));
    }

    private static async Task<(string Text, IReadOnlyList<string> LeftOut)> TakeAsync(string name, string content)
    {
        using var folder = new TestFolder();
        folder.Write(name, content);
        var outcome = await InitVerb.RunAsync(new() { WorkingDirectory = folder.Path, ToolVersion = "0.1.0" }, new() { From = name }, LockWorld.Stop);
        return (await File.ReadAllTextAsync(outcome.ManifestPath, LockWorld.Stop), outcome.LeftOut);
    }
}

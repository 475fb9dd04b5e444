using System.Text;

namespace VenvBuild.Packaging.Tests;

public sealed class LockSelecting
{
    private const string Hashes = "hashes = {sha256 = \"ab\"}";

    [Theory]
    [InlineData("linux-x64", "3.11", "foo-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")]
    [InlineData("linux-x64", "3.12", "foo-1-cp39-abi3-manylinux_2_28_x86_64.whl")]
    [InlineData("win-x64", "3.11", "foo-1-2-py3-none-any.whl")]
    public void Takes_the_best_wheel_of_the_lock(string platform, string python, string expected)
    {
        var document = Lock(
            "foo-1-py3-none-any.whl", "foo-1-2-py3-none-any.whl", "foo-1-1-py3-none-any.whl", "foo-1-cp39-abi3-manylinux_2_28_x86_64.whl",
            "foo-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "foo-1-cp311-cp311-manylinux_2_34_x86_64.whl");
        Assert.Equal(expected, Assert.Single(Select(document, platform, python)).File!.Name);
    }

    [Theory]
    [InlineData("PYENV1230", "requires-python = \">=3.12\"\n", "[[packages]]\nname = \"foo\"\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1231", "environments = [\"sys_platform == 'win32'\"]\n", "[[packages]]\nname = \"foo\"\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1232", "", "[[packages]]\nname = \"foo\"\nrequires-python = \"<3.11\"\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1233", "", "[[packages]]\nname = \"foo\"\ndirectory = {path = \"a\"}\n[[packages]]\nname = \"foo\"\ndirectory = {path = \"b\"}\n")]
    [InlineData("PYENV1234", "", "[[packages]]\nname = \"foo\"\nwheels = [{path = \"foo-1-cp310-cp310-win32.whl\", " + Hashes + "}]\n")]
    public void Refuses_what_the_lock_does_not_serve(string code, string head, string packages)
    {
        var document = Read($"{head}{packages}");
        var problem = Assert.Throws<DiagnosticException>(() => Select(document, "linux-x64", "3.11"));
        Assert.Equal((code, ExitCode.Unsatisfiable), (Assert.Single(problem.Diagnostics).Code, problem.ExitCode));
        Assert.NotNull(problem.Diagnostics[0].Remedy);
    }

    [Fact]
    public void Takes_an_archive_that_is_a_wheel_as_one_and_another_as_a_tree_to_build()
    {
        var wheel = Assert.Single(Select(Read($"[[packages]]\nname = \"foo\"\narchive = {{path = \"a/foo-1-py3-none-any.whl\", {Hashes}}}\n"), "linux-x64", "3.11"));
        Assert.True(wheel.IsWheel);
        Assert.Equal("a/foo-1-py3-none-any.whl", wheel.File!.Path);
        Assert.Null(Assert.Single(Select(Read($"[[packages]]\nname = \"foo\"\narchive = {{path = \"a/foo-1.tar.gz\", {Hashes}}}\n"), "linux-x64", "3.11")).File);
        var other = Read($"[[packages]]\nname = \"foo\"\narchive = {{url = \"https://h/foo-1-cp310-cp310-win32.whl\", {Hashes}}}\n");
        Assert.Equal("PYENV1234", Assert.Throws<DiagnosticException>(() => Select(other, "linux-x64", "3.11")).Diagnostics[0].Code);
    }

    [Fact]
    public void Names_every_pin_that_has_no_file_at_once()
    {
        var document = Read(string.Concat(Enumerable.Range(0, 3).Select(i => $"[[packages]]\nname = \"p{i}\"\nwheels = [{{path = \"p{i}-1-cp310-cp310-win32.whl\", {Hashes}}}]\n")));
        Assert.Equal(3, Assert.Throws<DiagnosticException>(() => Select(document, "linux-x64", "3.11")).Diagnostics.Count);
    }

    [Fact]
    public void Installs_the_default_groups_unless_others_are_asked_for()
    {
        var document = Read(
            """
            extras = ["x"]
            dependency-groups = ["Lint", "test"]
            default-groups = ["main"]
            [[packages]]
            name = "a"
            marker = "'main' in dependency_groups"
            directory = {path = "."}
            [[packages]]
            name = "b"
            marker = "'lint' in dependency_groups or 'x' in extras"
            directory = {path = "."}

            """);
        Assert.Equal("a", Names(document, null, null));
        Assert.Equal("a b", Names(document, ["x"], null));
        Assert.Equal("b", Names(document, null, ["lint"]));
        Assert.Equal("a b", Names(document, null, ["lint", "main"]));
        Assert.Equal("", Names(document, null, []));
        Assert.Equal("PYENV1235", Assert.Throws<DiagnosticException>(() => Names(document, ["y"], null)).Diagnostics[0].Code);
        Assert.Equal("PYENV1235", Assert.Throws<DiagnosticException>(() => Names(document, null, ["docs"])).Diagnostics[0].Code);
    }

    private static string Names(LockDocument document, string[]? extras, string[]? groups) =>
        string.Join(' ', Select(document, "linux-x64", "3.11", extras, groups).Select(selected => selected.Package.Name));

    private static IReadOnlyList<SelectedPackage> Select(
        LockDocument document, string platform, string python, string[]? extras = null, string[]? groups = null)
    {
        var target = new Target(Platform.Parse(platform), PythonMinor.Parse(python));
        return LockSelection.Select(
            document,
            target.ToMarkerEnvironment(target.Python.FirstRelease),
            target.Tags,
            extras?.Select(ExtraName.Parse).ToList(),
            groups?.Select(ExtraName.Parse).ToList());
    }

    private static LockDocument Lock(params string[] wheels) =>
        Read($"[[packages]]\nname = \"foo\"\nwheels = [{string.Join(", ", wheels.Select(wheel => $"{{path = \"{wheel}\", {Hashes}}}"))}]\n");

    private static LockDocument Read(string text) =>
        LockReader.Read(Encoding.UTF8.GetBytes($"lock-version = \"1.0\"\ncreated-by = \"t\"\n{text}"), "pylock.toml").Document;
}

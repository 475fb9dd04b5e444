using System.Text;

namespace VenvBuild.Packaging.Tests;

public sealed class LockMistakes
{
    private const string Head = "lock-version = \"1.0\"\ncreated-by = \"t\"\n";
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Hashes = $"hashes = {{sha256 = \"{Digest}\"}}";

    [Theory]
    [InlineData("PYENV1203", 1, 5, "a = \n")]
    [InlineData("PYENV1203", 2, 1, "lock-version = \"1.0\"\na = \"\\")]
    [InlineData("PYENV1204", 3, 1, "lock-version = \"1.0\"\ncreated-by = \"t\"\n<<<<<<< HEAD\npackages = []\n=======\npackages = []\n>>>>>>> other\n")]
    [InlineData("PYENV1205", 3, 1, "lock-version = \"1.0\"\ncreated-by = \"t\"\ncreated-by = \"u\"\npackages = []\n")]
    [InlineData("PYENV1205", 4, 2, Head + "tool = {a = {b = 1}}\n[tool.a]\nc = 1\n")]
    [InlineData("PYENV1206", 1, 16, "lock-version = \"2.0\"\ncreated-by = \"t\"\npackages = []\n")]
    [InlineData("PYENV1208", 1, 1, "created-by = \"t\"\npackages = []\n")]
    [InlineData("PYENV1208", 1, 1, Head)]
    [InlineData("PYENV1209", 3, 12, Head + "packages = {}\n")]
    [InlineData("PYENV1209", 4, 8, Head + "[[packages]]\nname = 1\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1210", 4, 8, Head + "[[packages]]\nname = \"Foo\"\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1211", 5, 11, Head + "[[packages]]\nname = \"foo\"\nversion = \"one\"\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1211", 3, 19, Head + "requires-python = \"3.11\"\npackages = []\n")]
    [InlineData("PYENV1212", 5, 10, Head + "[[packages]]\nname = \"foo\"\nmarker = \"os == 'x'\"\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1212", 5, 10, Head + "[[packages]]\nname = \"foo\"\nmarker = \"extra == 'x'\"\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1213", 5, 9, Head + "[[packages]]\nname = \"foo\"\nindex = \"simple\"\ndirectory = {path = \".\"}\n")]
    [InlineData("PYENV1213", 5, 60, Head + "[[packages]]\nname = \"foo\"\narchive = {url = \"https://example.test/foo.tar.gz\", size = -1, " + Hashes + "}\n")]
    [InlineData("PYENV1214", 3, 3, Head + "[[packages]]\nname = \"foo\"\n")]
    [InlineData("PYENV1214", 3, 3, Head + "[[packages]]\nname = \"foo\"\ndirectory = {path = \".\"}\nsdist = {path = \"foo-1.tar.gz\", " + Hashes + "}\n")]
    [InlineData("PYENV1214", 3, 3, Head + "[[packages]]\nname = \"foo\"\ndirectory = {path = \".\"}\nvcs = {type = \"git\", url = \"u\", commit-id = \"c\"}\n")]
    [InlineData("PYENV1215", 5, 42, Head + "[[packages]]\nname = \"foo\"\nsdist = {path = \"foo-1.tar.gz\", hashes = {}}\n")]
    [InlineData("PYENV1215", 5, 52, Head + "[[packages]]\nname = \"foo\"\nsdist = {path = \"foo-1.tar.gz\", hashes = {SHA256 = \"ab\"}}\n")]
    [InlineData("PYENV1215", 5, 52, Head + "[[packages]]\nname = \"foo\"\nsdist = {path = \"foo-1.tar.gz\", hashes = {sha256 = \"xy\"}}\n")]
    [InlineData("PYENV1208", 5, 9, Head + "[[packages]]\nname = \"foo\"\nsdist = {path = \"foo-1.tar.gz\"}\n")]
    [InlineData("PYENV1208", 5, 9, Head + "[[packages]]\nname = \"foo\"\nsdist = {name = \"foo-1.tar.gz\", " + Hashes + "}\n")]
    [InlineData("PYENV1216", 5, 9, Head + "[[packages]]\nname = \"foo\"\nsdist = {path = \"foo-1.rar\", " + Hashes + "}\n")]
    [InlineData("PYENV1216", 5, 11, Head + "[[packages]]\nname = \"foo\"\nwheels = [{path = \"bar-1-py3-none-any.whl\", " + Hashes + "}]\n")]
    [InlineData("PYENV1216", 6, 11, Head + "[[packages]]\nname = \"foo\"\nversion = \"2\"\nwheels = [{path = \"foo-1-py3-none-any.whl\", " + Hashes + "}]\n")]
    [InlineData("PYENV1217", 5, 41, Head + "[[packages]]\nname = \"foo\"\ndirectory = {path = \".\", subdirectory = \"../x\"}\n")]
    [InlineData("PYENV1219", 5, 18, Head + "packages = []\n[tool.venvbuild]\nrequest-digest = \"sha256:12\"\n")]
    public void Are_refused_where_they_stand(string code, int line, int column, string toml)
    {
        var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read(Encoding.UTF8.GetBytes(toml), "pylock.toml"));
        Assert.Equal(ExitCode.Usage, problem.ExitCode);
        var diagnostic = Assert.Single(problem.Diagnostics);
        Assert.Equal((code, new SourceLocation("pylock.toml", line, column)), (diagnostic.Code, diagnostic.Location));
    }

    [Fact]
    public void Are_all_named_at_once()
    {
        var toml = Head + "[[packages]]\nname = \"Foo\"\nversion = \"x\"\n[[packages]]\nname = 1\n";
        var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read(Encoding.UTF8.GetBytes(toml), "pylock.toml"));
        Assert.Equal(["PYENV1210", "PYENV1211", "PYENV1214", "PYENV1209", "PYENV1214"], problem.Diagnostics.Select(diagnostic => diagnostic.Code));
    }

    [Fact]
    public void In_bytes_that_are_no_text_have_a_place()
    {
        var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read([.. "a = 1\nb = \""u8, 0xff, (byte)'"'], "pylock.toml"));
        Assert.Equal(("PYENV1203", new SourceLocation("pylock.toml", 2, 6)), (problem.Diagnostics[0].Code, problem.Diagnostics[0].Location));
    }

    [Fact]
    public void Of_size_are_refused_before_parsing()
    {
        var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read(new byte[LockReader.MaxBytes + 1], "pylock.toml"));
        Assert.Equal("PYENV1202", problem.Diagnostics[0].Code);
    }

    [Fact]
    public void Of_nesting_are_refused_without_overflowing_the_stack()
    {
        var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read(Encoding.UTF8.GetBytes("a = " + new string('[', 1_000_000)), "pylock.toml"));
        Assert.Equal("PYENV1203", problem.Diagnostics[0].Code);
    }

    [Fact]
    public async Task A_missing_lock_says_how_to_make_it()
    {
        var problem = await Assert.ThrowsAsync<DiagnosticException>(() => LockReader.LoadAsync("not/there/pylock.toml", TestContext.Current.CancellationToken));
        Assert.Equal("PYENV1201", problem.Diagnostics[0].Code);
        Assert.Contains("dotnet pyenv lock", problem.Diagnostics[0].Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a\\..\\..\\x")]
    [InlineData("/etc")]
    [InlineData("\\\\server\\share")]
    [InlineData("C:/x")]
    [InlineData("~/x")]
    public void Of_paths_are_refused_in_a_lock_from_elsewhere_alone(string path)
    {
        var toml = Encoding.UTF8.GetBytes($"{Head}[[packages]]\nname = \"foo\"\ndirectory = {{path = '{path}'}}\n");
        Assert.Equal(path, LockReader.Read(toml, "pylock.toml").Document.Packages[0].Directory!.Path);
        var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read(toml, "pylock.toml", LockOrigin.Elsewhere));
        Assert.Equal("PYENV1217", Assert.Single(problem.Diagnostics).Code);
    }

    [Fact]
    public void A_file_address_is_refused_in_a_lock_from_elsewhere_alone()
    {
        var toml = Encoding.UTF8.GetBytes($"{Head}[[packages]]\nname = \"foo\"\nsdist = {{url = \"file:///etc/foo-1.tar.gz\", {Hashes}}}\n");
        Assert.Single(LockReader.Read(toml, "pylock.toml").Document.Packages);
        var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read(toml, "pylock.toml", LockOrigin.Elsewhere));
        Assert.Equal("PYENV1217", Assert.Single(problem.Diagnostics).Code);
    }

    [Theory]
    [InlineData("PYENV1207", 4, 1, "lock-version = \"1.7\"\ncreated-by = \"t\"\npackages = []\nfuture = 1\n")]
    [InlineData("PYENV1215", 5, 52, Head + "[[packages]]\nname = \"foo\"\nsdist = {path = \"foo-1.tar.gz\", hashes = {sha256 = \"ab\"}}\n")]
    [InlineData("PYENV1218", 5, 47, Head + "[[packages]]\nname = \"foo\"\nsdist = {path = \"foo-1.tar.gz\", upload-time = 2025-01-01T00:00:00, " + Hashes + "}\n")]
    [InlineData("PYENV1218", 5, 47, Head + "[[packages]]\nname = \"foo\"\nsdist = {path = \"foo-1.tar.gz\", upload-time = 2025-01-01T00:00:00+02:00, " + Hashes + "}\n")]
    public void That_do_no_harm_are_warnings(string code, int line, int column, string toml)
    {
        var warning = Assert.Single(LockReader.Read(Encoding.UTF8.GetBytes(toml), "pylock.toml").Warnings);
        Assert.Equal((code, new SourceLocation("pylock.toml", line, column)), (warning.Code, warning.Location));
    }

    [Theory]
    [InlineData("x = ", "[", "]")]
    [InlineData("x = ", "{a = ", "}")]
    [InlineData("", "a.", "b = 1")]
    [InlineData("[", "a.", "b]")]
    public void Depth_without_end_is_refused(string before, string level, string after)
    {
        foreach (var depth in (int[])[65, 30_000])
        {
            var text = before + string.Concat(Enumerable.Repeat(level, depth)) + after;
            var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read(Encoding.UTF8.GetBytes(text), "pylock.toml"));
            Assert.Equal(LockCodes.NotToml, problem.Diagnostics[0].Code);
        }
    }
}

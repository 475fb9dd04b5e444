using System.Globalization;
using System.Text;

namespace VenvBuild.Packaging.Tests;

/// <summary>Texts of each format that are right or nearly so, made by chance.</summary>
internal static class FuzzGrammar
{
    private static readonly string[] Numbers = ["0", "1", "2", "3", "10", "11", "2024", "00", "007", "65536", "4294967296", "99999999999999999999"];
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">", "~=", "==="];
    private static readonly string[] OddOperators = ["=", "in", "not in", ">==", "~", "is", ""];
    private static readonly string[] Fields =
    [
        "python_version", "python_full_version", "os_name", "sys_platform", "platform_system", "platform_machine", "platform_release", "platform_version",
        "implementation_name", "implementation_version", "platform_python_implementation", "extra", "os.name", "python_implementation",
    ];

    private static readonly string[] Values =
        ["3.8", "3.11", "3.11.5", "3.13.0rc1", "3.*", "linux", "win32", "darwin", "Linux", "nt", "x86_64", "arm64 x86_64", "cpython", "PyPy", "a", "b-c", "", "6.1", "#1 SMP", "3.8, 3.9"];

    private static readonly string[] Names = ["a", "numpy", "typing-extensions", "Zope.Interface", "a__b", "A1"];
    private static readonly string[] OddNames = ["x-", "_x", "\u00e9", "", "a b", "extras", "dependency_groups"];
    private static readonly string[] Tags = ["py3-none-any", "py2.py3-none-any", "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp313-cp313t-win_amd64", "cp39-abi3-macosx_11_0_arm64", "pp310-pypy310_pp73-win_amd64"];

    public static string Version(Random random)
    {
        var text = new StringBuilder();
        if (Rarely(random))
            text.Append('v');
        if (Rarely(random))
            text.Append(Of(random, Numbers)).Append('!');
        for (var i = random.Next(1, Rarely(random) ? 40 : 5); i > 0; i--)
            text.Append(Of(random, Numbers)).Append(i > 1 ? "." : "");
        if (random.Next(3) == 0)
            text.Append(Separator(random)).Append(Of(random, "a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC")).Append(Separator(random)).Append(Maybe(random, Numbers));
        if (random.Next(4) == 0)
            text.Append(Of(random, "-", ".post", "post", "_rev", ".r", "-post-")).Append(Maybe(random, Numbers));
        if (random.Next(4) == 0)
            text.Append(Separator(random)).Append("dev").Append(Maybe(random, Numbers));
        if (random.Next(5) == 0)
            text.Append('+').Append(Of(random, "local", "1", "ubuntu.1", "a-b_c", "0001", "+", "A.B"));
        return text.ToString();
    }

    public static string Specifiers(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(Rarely(random) ? 60 : 4); i >= 0; i--)
            text.Append(Operator(random)).Append(Maybe(random, " ")).Append(Version(random)).Append(Rarely(random) ? ".*" : "").Append(i > 0 ? Rarely(random) ? Of(random, ";", " ") : Of(random, ",", ", ", " ,") : "");
        return text.ToString();
    }

    public static string Marker(Random random) => Marker(random, random.Next(1, 5));

    public static string Requirement(Random random)
    {
        var text = new StringBuilder(Name(random));
        if (random.Next(3) == 0)
            text.Append('[').AppendJoin(Of(random, ",", ", ", " "), Enumerable.Range(0, random.Next(4)).Select(_ => Name(random))).Append(']');
        if (random.Next(6) == 0)
            text.Append(" @ ").Append(Of(random, "https://example.org/a-1.0-py3-none-any.whl", "git+https://example.org/a@1", "file:///a/b", "file:../a", "./a", "https://u:p@[::1]:1/a.tar.gz#sha256=00", "http://", "${X}"));
        else if (random.Next(5) == 0)
            text.Append(" (").Append(Specifiers(random)).Append(')');
        else
            text.Append(Maybe(random, " ")).Append(Specifiers(random));
        if (random.Next(2) == 0)
            text.Append(Of(random, ";", " ; ", "; ")).Append(Marker(random));
        return text.ToString();
    }

    public static string Metadata(Random random)
    {
        var end = Of(random, "\n", "\r\n", "\n");
        var text = new StringBuilder();
        Line("Metadata-Version", Rarely(random) ? Of(random, "2.99", "3.0", "x") : Of(random, "2.1", "2.4", "1.0"));
        Line("Name", Name(random));
        Line("Version", Version(random));
        for (var i = random.Next(12); i > 0; i--)
        {
            switch (random.Next(7))
            {
                case 0: Line("Requires-Python", Specifiers(random)); break;
                case 1: Line("Provides-Extra", Name(random)); break;
                case 2: Line("Dynamic", Of(random, "Requires-Dist", "version", "")); break;
                case 3: Line(Of(random, "Summary", "License", "Classifier", "X-" + new string('y', random.Next(100))), "text" + end + " folded"); break;
                default: Line("Requires-Dist", Requirement(random)); break;
            }
        }

        return text.Append(end).Append("The description.").ToString();

        void Line(string name, string value) => text.Append(Rarely(random) ? name.ToLowerInvariant() : name).Append(Of(random, ": ", ": ", ":", " : ")).Append(value).Append(end);
    }

    public static string JsonPage(Random random)
    {
        var text = new StringBuilder("{\"meta\":{\"api-version\":\"").Append(Rarely(random) ? Of(random, "1.99", "2.0", "x") : Of(random, "1.0", "1.4")).Append("\"},\"name\":\"").Append(Name(random)).Append("\",");
        if (random.Next(3) == 0)
            text.Append("\"versions\":[").AppendJoin(',', Enumerable.Range(0, random.Next(4)).Select(_ => Quote(Version(random)))).Append("],");
        if (random.Next(4) == 0)
            text.Append("\"project-status\":{\"status\":\"").Append(Of(random, "active", "archived", "quarantined", "deprecated", "odd")).Append("\",\"reason\":\"because\"},");
        return text.Append("\"files\":[").AppendJoin(',', Enumerable.Range(0, random.Next(6)).Select(_ => JsonFile(random))).Append("]}").ToString();
    }

    public static string HtmlPage(Random random)
    {
        var text = new StringBuilder("<!DOCTYPE html><html><head>");
        text.Append("<meta name=\"pypi:repository-version\" content=\"").Append(Of(random, "1.0", "1.4", "2.0", "")).Append("\">");
        if (random.Next(3) == 0)
            text.Append("<meta name='pypi:project-status' content='").Append(Of(random, "active", "quarantined", "")).Append("'>");
        text.Append(Maybe(random, "<title>Links</title>", "<base href='../x/'>", "<base href=\"https://example.org/y/\">", "<!-- a comment -->")).Append("</head><body>");
        for (var i = random.Next(8); i > 0; i--)
        {
            text.Append("<a href=").Append(Of(random, "\"", "'", "")).Append(Maybe(random, "../../files/", "https://example.org/", "//e/", "javascript:")).Append(FileName(random))
                .Append(Maybe(random, "#sha256=" + new string('a', 64), "#sha256=x", "#egg=a")).Append(Of(random, "\"", "'", ""))
                .Append(Maybe(random, " data-requires-python=\"&gt;=3.8,&lt;4\"", " data-requires-python='" + Specifiers(random) + "'"))
                .Append(Maybe(random, " data-yanked", " data-yanked=\"bad\"")).Append(Maybe(random, " data-core-metadata=true", " data-dist-info-metadata=\"sha256=" + new string('b', 64) + "\""))
                .Append('>').Append(FileName(random)).Append("</a>").Append(Maybe(random, "<br/>", "<script>if (a<b) x()</script>", "\n"));
        }

        return text.Append("</body></html>").ToString();
    }

    public static string FileName(Random random)
    {
        var name = Name(random).Replace('-', '_');
        return random.Next(3) == 0
            ? $"{name}-{Version(random)}{Of(random, ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg", ".exe", "")}"
            : $"{name}-{Version(random)}-{Maybe(random, "1-", "2b-", "x-", "99999999999999999999-")}{(Rarely(random) ? Of(random, "none-any", "1-2-3", "a.-b-c") : Of(random, Tags))}{Of(random, ".whl", ".whl", ".whl", ".WHL", "-label.whl", "")}";
    }

    public static string Lock(Random random)
    {
        var text = new StringBuilder("lock-version = \"").Append(Rarely(random) ? Of(random, "1.1", "2.0", "x") : "1.0").Append("\"\ncreated-by = \"t\"\n");
        text.Append(Maybe(random, "requires-python = \">=3.11\"\n", $"requires-python = {Toml(Rarely(random) ? Specifiers(random) : "~=3.9")}\n"));
        text.Append(Maybe(random, $"environments = [{Toml(Rarely(random) ? Marker(random) : "sys_platform == 'linux'")}]\n"));
        text.Append(Maybe(random, "extras = ['a']\ndependency-groups = [\"g\"]\ndefault-groups = ['d']\n", "extras = []\ndependency-groups = []\n"));
        for (var i = random.Next(4); i > 0; i--)
        {
            var (name, version) = (Name(random), Rarely(random) ? Version(random) : Of(random, "1.0", "2.3.1", "1!2rc1"));
            text.Append("[[packages]]\nname = ").Append(Toml(Rarely(random) ? name : name.ToLowerInvariant().Replace('.', '-').Replace("__", "-", StringComparison.Ordinal))).Append('\n');
            text.Append("version = ").Append(Toml(version)).Append('\n').Append(Maybe(random, $"marker = {Toml(Rarely(random) ? Marker(random) : LockMarker(random))}\n"));
            text.Append(Maybe(random, "requires-python = \">=3.9,<4\"\n", "index = \"https://example.org/simple/\"\n", "dependencies = [{name = \"b\", version = \"1\"}, {name = \"a\"}]\n"));
            text.Append(random.Next(6) switch
            {
                0 => $"wheels = [{File(random, name, version)}, {File(random, name, version)}]\n",
                1 => $"[[packages.wheels]]\n{File(random, name, version)[1..^1].Replace(", ", "\n", StringComparison.Ordinal)}\n",
                2 => $"wheels = [{File(random, name, version)}]\n",
                3 => "[packages.archive]\nurl = \"https://example.org/a.tar.gz\"\nhashes.sha256 = \"" + new string('0', 64) + "\"\n",
                4 => $"[packages.vcs]\ntype = \"git\"\nurl = \"https://example.org/a\"\ncommit-id = \"0123456789abcdef0123456789abcdef01234567\"\nsubdirectory = {Toml(Rarely(random) ? Of(random, "../a", "/a") : "a")}\n",
                _ => $"directory = {{path = {Toml(Rarely(random) ? Of(random, "C:\\a", "/a") : Of(random, ".", "../a"))}, editable = {(Rarely(random) ? "1" : "true")}}}\n",
            });
            text.Append(Maybe(random, "[packages.tool.x]\ny = 1.5\nz = 2026-01-01\n"));
        }

        return text.Append(Maybe(random, Rarely(random) ? "[tool.venvbuild]\nrequests = ['a', 'b']\n" : "", "[tool]\nx.y.z = [[1, 2], {a = nan}]\n")).ToString();
    }

    public static string PyProject(Random random) => new StringBuilder()
        .Append(Maybe(random, $"[build-system]\nrequires = [{Toml(Requirement(random))}]\nbuild-backend = {Toml(Of(random, "hatchling.build", "a:b.c", "a b", ""))}\nbackend-path = [{Toml(Of(random, ".", "..", "/x", "a/b"))}]\n"))
        .Append("[project]\nname = ").Append(Toml(Name(random))).Append("\nversion = ").Append(Toml(Version(random))).Append('\n')
        .Append(Maybe(random, $"requires-python = {Toml(Specifiers(random))}\n")).Append(Maybe(random, $"dependencies = [{Toml(Requirement(random))}, {Toml(Requirement(random))}]\n", "dynamic = ['dependencies', 'x']\n"))
        .Append(Maybe(random, $"[project.optional-dependencies]\na = [{Toml(Requirement(random))}]\n\"b c\" = []\n"))
        .ToString();

    /// <summary>One of several.</summary>
    public static string Of(Random random, params string[] texts) => texts[random.Next(texts.Length)];

    private static string Marker(Random random, int depth) => depth == 0 || random.Next(3) == 0
        ? random.Next(5) == 0
            ? $"'{Of(random, Values)}' {MarkerOperator(random)} {Field(random)}"
            : $"{Field(random)} {MarkerOperator(random)} \"{Of(random, Values)}\""
        : random.Next(3) == 0
            ? $"({Marker(random, depth - 1)})"
            : $"{Marker(random, depth - 1)} {(Rarely(random) ? "xor" : Of(random, "and", "or"))} {Marker(random, depth - 1)}";

    private static string JsonFile(Random random) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        {"filename":{{{Quote(FileName(random))}}},"url":"{{{Of(random, "https://example.org/f", "../f", "", "//", "data:x")}}}","hashes":{{{Of(random, "{}", "{\"sha256\":\"" + new string('0', 64) + "\"}", "{\"sha256\":\"" + new string('a', Rarely(random) ? 63 : 64) + "\"}", "{\"md5\":\"00\"}")}}},
        "requires-python":{{{Of(random, "null", "\">=3.8\"", Quote(Specifiers(random)), "1")}}},"size":{{{Of(random, "1", "-1", "1e400", "null", "9223372036854775807", "1.5")}}},
        "upload-time":{{{Of(random, "\"2024-01-01T00:00:00Z\"", "\"2024-01-01T00:00:00.123456Z\"", "\"x\"", "\"9999-12-31T23:59:59-23:59\"", "\"0001-01-01T00:00:00+14:00\"", "null")}}},
        "yanked":{{{Of(random, "false", "true", "\"bad\"", "null", "0")}}},"core-metadata":{{{Of(random, "true", "false", "{\"sha256\":\"" + new string('1', 64) + "\"}", "[]")}}},"provenance":{{{Of(random, "null", "\"https://example.org/p\"")}}}}
        """);

    private static string File(Random random, string name, string version)
    {
        var file = Rarely(random) ? FileName(random) : $"{name.Replace('-', '_')}-{version}-{Of(random, Tags)}.whl";
        return $"{{name = {Toml(file)}, url = {Toml("https://example.org/" + (Rarely(random) ? "a%2F..%2Fb.whl" : file))}, size = {(Rarely(random) ? Of(random, Numbers) : "10")}, upload-time = {(Rarely(random) ? "07:32:00" : "2024-01-01T00:00:00Z")}, hashes = {{sha256 = \"{new string('0', Rarely(random) ? 63 : 64)}\"}}}}";
    }

    private static string LockMarker(Random random) =>
        $"{Of(random, "python_version >= '3.11'", "sys_platform == 'linux'", "platform_machine != 'arm64'")} {Of(random, "and", "or")} {Of(random, "'a' in extras", "'g' not in dependency_groups", "os_name == 'nt'")}";

    private static string Quote(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    private static string Toml(string text) => text.Contains('\'', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal)
        ? $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        : $"'{text}'";

    private static string Name(Random random) => Of(random, Rarely(random) ? OddNames : Names);

    private static string Operator(Random random) => Of(random, Rarely(random) ? OddOperators : Operators);

    private static string MarkerOperator(Random random) => random.Next(6) == 0 ? Of(random, "in", "not in") : Operator(random);

    private static string Field(Random random) => Of(random, Rarely(random) ? OddNames : Fields);

    private static string Separator(Random random) => Of(random, "", "", ".", "-", "_");

    private static string Maybe(Random random, params string[] texts) => random.Next(2) == 0 ? "" : Of(random, texts);

    private static bool Rarely(Random random) => random.Next(20) == 0;
}

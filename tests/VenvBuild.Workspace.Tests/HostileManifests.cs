using System.Text;
using NuGet.Versioning;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>Manifests that nobody should have written: each is read, or refused with places that are in the file.</summary>
public sealed class HostileManifests
{
    private static readonly NuGetVersion ToolVersion = new(0, 1, 0);
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "VenvBuild.Workspace.Tests", "Manifests");

    [Fact]
    public Task Are_read_or_refused()
    {
        byte[][] seeds = [.. Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        var location = ManifestLocation.At(Path.Combine(Folder, "pyenv.yaml"));
        string[] words = [.. ManifestReader.Keys.Select(key => key + ": "), "- ", "\n  ", "&a ", "*a", "!!str ", "|\n", ">-\n", "? ", "{", "}", "[", "]", "---\n", "...\n", "%YAML 1.2\n", "<<: ", "\t"];
        return FuzzRun.RunAsync("manifests", new(Grammar, seeds, words), bytes => IsRead(bytes, location), e => e is DiagnosticException, perByte: 4_000);
    }

    [Theory]
    [InlineData("https://u:p@h/x https://h/@y", "https://***@h/x https://h/@y", "https://h/x https://h/@y")]
    [InlineData("https://u:p//q@h/x", "https://******@h/x", "https://h/x")]
    [InlineData("//@//a@//b:c@", "//@//*@//***@", "//@////")]
    public void Passwords_are_masked_or_left_out_once_each(string text, string masked, string stripped)
    {
        Assert.Equal(masked, Credentials.Mask(text));
        Assert.Equal(stripped, Credentials.Strip(text));
    }

    [Fact]
    public void Passwords_without_number_are_left_out_in_memory_in_proportion()
    {
        var text = string.Concat(Enumerable.Repeat("https://user:secret@a/ ", 20_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(string.Concat(Enumerable.Repeat("https://a/ ", 20_000)), Credentials.Strip(text));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64L * text.Length);
    }

    [Fact]
    public void A_mistake_at_the_end_of_a_long_value_is_found_in_memory_in_proportion()
    {
        var text = Encoding.UTF8.GetBytes($"requirements:\n  - \"flask @ https://example.org/{new string('a', 100_000)} ; !\"\n");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DiagnosticException>(() => Manifest.Parse(text, ManifestLocation.At(Path.Combine(Folder, "pyenv.yaml")), "pyenv.yaml", ToolVersion));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200L * text.Length);
    }

    [Theory]
    [InlineData("name: !!s]]tr reporting\n")]
    [InlineData("name: !<%%> reporting\n")]
    [InlineData("requirements: [flask\nname: x")]
    public void What_the_yaml_parser_does_not_expect_is_a_mistake_in_the_manifest(string text)
    {
        var problem = Assert.Throws<DiagnosticException>(
            () => Manifest.Parse(Encoding.UTF8.GetBytes(text), ManifestLocation.At(Path.Combine(Folder, "pyenv.yaml")), "pyenv.yaml", ToolVersion));
        Assert.Equal((ManifestCodes.BadYaml, 1), (problem.Diagnostics[0].Code, problem.Diagnostics[0].Location!.Line));
    }

    [Fact]
    public void The_root_is_a_folder_of_files_and_what_is_no_path_is_a_mistake()
    {
        var location = ManifestLocation.At(Path.Combine(Folder, "pyenv.yaml"));
        var manifest = Manifest.Parse("requirements: [a]\nfind-links: [\"/\"]\n"u8, location, "pyenv.yaml", ToolVersion);
        Assert.Equal("file:///", Assert.Single(manifest.FindLinks).Url.AbsoluteUri);
        var problem = Assert.Throws<DiagnosticException>(() => Manifest.Parse("requirements: [a]\nfind-links: [\"a\\0b\"]\n"u8, location, "pyenv.yaml", ToolVersion));
        Assert.Equal(ManifestCodes.BadUrl, Assert.Single(problem.Diagnostics).Code);
    }

    private static bool IsRead(byte[] bytes, ManifestLocation location)
    {
        try
        {
            var manifest = Manifest.Parse(bytes, location, "pyenv.yaml", ToolVersion);
            Assert.Equal(manifest.Requests.Lines, Manifest.Parse(bytes, location, "pyenv.yaml", ToolVersion).Requests.Lines);
            return true;
        }
        catch (DiagnosticException problem)
        {
            var lines = new ManifestText(Encoding.UTF8.GetString(bytes)).Lines.Count;
            Assert.Equal(ExitCode.Usage, problem.ExitCode);
            Assert.All(problem.Diagnostics, diagnostic => Assert.True(
                diagnostic.Location is null || (diagnostic.Location.Line is >= 1 and var line && line <= lines && diagnostic.Location.Column >= 1),
                $"{diagnostic} in a file of {lines} lines"));
            return false;
        }
    }

    private static string Grammar(Random random)
    {
        var text = new StringBuilder();
        foreach (var key in ManifestReader.Keys.OrderBy(_ => random.Next()).Take(random.Next(1, 8)))
            text.Append(key).Append(": ").Append(Value(random, 3)).Append('\n');
        return text.ToString();
    }

    private static string Value(Random random, int depth) => random.Next(depth == 0 ? 7 : 10) switch
    {
        0 => "\">=3.11,<3.14\"",
        1 => Of(random, "linux-x64", "win-x64", "osx-arm64", "highest", "first-index", "allow", "any", ".venv", "true", "7 days", "2026-10-01", "pypi"),
        2 => Of(random, "flask>=2", "\"requests[socks]>2.7 ; sys_platform != 'win32'\"", "./wheels", "https://example.org/simple", "'a @ file:../a'"),
        3 => Of(random, "1", "1.0", "null", "~", "''", "0x1F", "1e3", "-", "yes"),
        4 => "\"" + Of(random, "\\u00e9", "\\t", "\\x00", "a: b") + "\"",
        5 => Of(random, "&a x", "*a", "!t x", "|\n  text", ">\n  folded\n  text"),
        6 => "[linux-x64, {rid: linux-x64, glibc: \"2.17\"}]",
        7 => "[" + string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))) + "]",
        8 => "{" + string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Of(random, "name", "url", "packages", "path", "include", "rid", "keys", "a") + ": " + Value(random, depth - 1))) + "}",
        _ => "\n" + string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => "  - " + Value(random, 0) + "\n")),
    };

    private static string Of(Random random, params string[] texts) => texts[random.Next(texts.Length)];
}

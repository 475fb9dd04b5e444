using System.Text;
using NuGet.Versioning;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

public sealed class ManifestReading
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "reporting");

    [Fact]
    public void Gives_what_is_left_out_its_default()
    {
        var manifest = Read("requirements: [requests]\n");
        Assert.Equal("reporting", manifest.Name);
        Assert.Equal(">=3.9", manifest.Python.ToString());
        Assert.Equal("https://pypi.org/simple", Assert.Single(manifest.Indexes).Url.OriginalString);
        Assert.Equal(".venv", manifest.Environment.Path);
        Assert.False(manifest.Sdists.AllowsAll);
        Assert.Empty(manifest.NotYetServed);
        Assert.Null(manifest.ExcludeNewer);
    }

    [Fact]
    public void Keeps_the_place_of_each_request()
    {
        var manifest = Read("requirements:\n  - a\n  - 'b >= 1'\ngroups:\n  lint: [ruff]\nplatforms: [linux-x64]\n");
        Assert.Equal(["pyenv.yaml(2,5)", "pyenv.yaml(3,5)"], manifest.Requirements.Select(requirement => requirement.Location.ToString()));
        Assert.Equal("b >= 1", manifest.Requirements[1].Text);
        Assert.Equal(new SourceLocation("pyenv.yaml", 5, 3), manifest.Groups[0].Location);
        Assert.Equal(new SourceLocation("pyenv.yaml", 6, 13), manifest.Platforms[0].Location);
    }

    [Fact]
    public void Expands_groups_once_in_place()
    {
        var manifest = Read("groups:\n  all: [{include: Lint_X}, pytest, {include: docs}]\n  lint.x: [ruff, {include: docs}]\n  docs: [sphinx]\n");
        Assert.Equal(["pytest", "ruff", "sphinx"], manifest.RequirementsOf(manifest.FindGroup(ExtraName.Parse("ALL"))!).Select(requirement => requirement.ToString()));
    }

    [Fact]
    public void Says_plainly_which_keys_have_no_effect_yet()
    {
        var manifest = Read(
            """
            requirements: [a]
            server: file:///srv/venvs
            sources: [github, server]
            publish: {github: owner/repo}
            trust: {keys: [k.pub]}
            """);
        Assert.Equal([2], manifest.NotYetServed.Select(warning => warning.Location!.Line).Order());
        Assert.All(manifest.NotYetServed, warning => Assert.Equal(("PYENV1190", DiagnosticSeverity.Warning), (warning.Code, warning.Severity)));
        Assert.Empty(Read("requirements: [a]\nsdists: allow\npython-source: system\nchecks: []\nsources: [github, server, ./x]\npublish: {github: o/r}\ntrust: {keys: [k.pub]}\n").NotYetServed);
    }

    [Theory]
    [InlineData("\uFEFFrequirements: [a]\n")]
    [InlineData("requirements:\r\n  - a\r\n")]
    [InlineData("---\nrequirements:\n- a")]
    public void Takes_text_as_editors_save_it(string text) => Assert.Equal("a", Assert.Single(Read(text).Requirements).ToString());

    [Fact]
    public void Finds_the_place_in_text_with_windows_line_ends()
    {
        var problem = Assert.Throws<DiagnosticException>(() => Read("requirements:\r\n  - a\r\n  - >-\r\n    b\r\n    >= x\r\n"));
        Assert.Equal(new SourceLocation("pyenv.yaml", 5, 8), problem.Diagnostics[0].Location);
    }

    [Fact]
    public void Refuses_bytes_that_are_no_text()
    {
        var problem = Assert.Throws<DiagnosticException>(() => Parse([.. "name: x\nrequirements: [a"u8, 0xff, (byte)']']));
        Assert.Equal(("PYENV1105", new SourceLocation("pyenv.yaml", 2, 17)), (problem.Diagnostics[0].Code, problem.Diagnostics[0].Location));
    }

    [Fact]
    public void Refuses_what_is_too_large_before_looking_at_it()
    {
        var problem = Assert.Throws<DiagnosticException>(() => Parse(new byte[Manifest.MaxBytes + 1]));
        Assert.Equal("PYENV1102", problem.Diagnostics[0].Code);
    }

    [Fact]
    public void Refuses_hostile_nesting_and_numbers()
    {
        Assert.Equal("PYENV1111", Assert.Throws<DiagnosticException>(() => Read(new string('[', 900_000))).Diagnostics[0].Code);
        Assert.Equal("PYENV1111", Assert.Throws<DiagnosticException>(() => Read(string.Concat(Enumerable.Repeat("- ", 400_000)))).Diagnostics[0].Code);
        Assert.Equal("PYENV1102", Assert.Throws<DiagnosticException>(() => Read($"requirements: [{string.Concat(Enumerable.Repeat("a,", 300_000))}]")).Diagnostics[0].Code);
    }

    [Fact]
    public void Lists_no_more_mistakes_than_a_person_reads()
    {
        var problem = Assert.Throws<DiagnosticException>(() => Read($"requirements: [{string.Concat(Enumerable.Repeat("a b,", 5_000))}]"));
        Assert.Equal(100, problem.Diagnostics.Count);
    }

    [Fact]
    public void Never_shows_a_password()
    {
        var manifest = Read(
            """
            requirements: ["a @ https://user:secret@files.example/a-1-py3-none-any.whl"]
            indexes: [{name: corp, url: "https://user:secret@packages.example/simple"}]
            find-links: ["https://token:secret@pages.example/x"]
            """);
        Assert.Equal("user:secret", manifest.Indexes[0].Url.UserInfo);
        var shown = string.Join('\n', [.. manifest.Requests.Lines, $"{manifest.Requirements[0]}", $"{manifest.Indexes[0]}", $"{manifest.FindLinks[0]}", manifest.Requirements[0].Text]);
        Assert.DoesNotContain("secret", shown, StringComparison.Ordinal);
        Assert.Contains("index: https://packages.example/simple", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://user:se#cret@host.example/x", "https://************@host.example/x")]
    [InlineData("see //user:secret@host and //host/a@b", "see //***********@host and //host/a@b")]
    [InlineData("https://host:8080/a@b", "https://host:8080/a@b")]
    [InlineData("https://user:se/cret@host/x", "https://************@host/x")]
    [InlineData("no address, mail@host", "no address, mail@host")]
    public void Masks_passwords_in_any_text(string text, string masked) => Assert.Equal(masked, Credentials.Mask(text));

    [Theory]
    [InlineData("2026-10-01", "2026-10-02T00:00:00Z")]
    [InlineData("2026-10-01T12:00:00Z", "2026-10-01T12:00:00Z")]
    [InlineData("\"2026-10-01T12:00:00+02:00\"", "2026-10-01T10:00:00Z")]
    [InlineData("7 days", "2026-11-16T08:00:00Z")]
    [InlineData("2 weeks", "2026-11-09T08:00:00Z")]
    [InlineData("36 hours", "2026-11-21T20:00:00Z")]
    public void Knows_which_files_are_too_new(string written, string cutoff)
    {
        var now = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.FromHours(1));
        Assert.Equal(DateTimeOffset.Parse(cutoff, null), Read($"exclude-newer: {written}\n").ExcludeNewer!.Cutoff(now));
    }

    [Fact]
    public async Task Says_how_to_make_a_manifest_that_is_not_there()
    {
        var location = ManifestLocation.At(Path.Combine(Folder, "nowhere", "pyenv.yaml"));
        var problem = await Assert.ThrowsAsync<DiagnosticException>(
            () => Manifest.LoadAsync(location, new(0, 1, 0), TestContext.Current.CancellationToken));
        Assert.Equal("PYENV1101", problem.Diagnostics[0].Code);
        Assert.Contains("dotnet pyenv init", problem.Diagnostics[0].Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[0.1,1.0)", "0.1.0", true)]
    [InlineData("[0.1,1.0)", "0.1.0-preview.3", true)]
    [InlineData("[0.1,1.0)", "1.0.0", false)]
    public void Holds_the_tool_to_the_range_that_is_asked_for(string range, string version, bool isRead)
    {
        var bytes = Encoding.UTF8.GetBytes($"venvbuild: \"{range}\"\n");
        var problem = Record.Exception(() => Manifest.Parse(bytes, ManifestLocation.At(Path.Combine(Folder, "pyenv.yaml")), "pyenv.yaml", NuGetVersion.Parse(version)));
        Assert.Equal(isRead, problem is null);
    }

    internal static Manifest Read(string text) => Parse(Encoding.UTF8.GetBytes(text));

    private static Manifest Parse(byte[] bytes) =>
        Manifest.Parse(bytes, ManifestLocation.At(Path.Combine(Folder, "pyenv.yaml")), "pyenv.yaml", new NuGetVersion(0, 1, 0));
}

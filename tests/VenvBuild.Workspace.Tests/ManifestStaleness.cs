using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

public sealed class ManifestStaleness
{
    private const string Whole = """
        name: a
        python: ">=3.11,<3.14"
        requirements: [Django>=4.2, "requests[socks] > 2.7 ; sys_platform != 'win32'"]
        groups: {test: [pytest, {include: lint}], lint: [ruff]}
        platforms: [win-x64, linux-x64]
        constraints: [six<2]
        exclude-newer: 7 days
        """;

    [Fact]
    public void Is_decided_over_canonical_lines() => Assert.Equal(
        [
            "python: >=3.11,<3.14",
            "requirement: django>=4.2",
            "requirement: requests[socks]>2.7; sys_platform != \"win32\"",
            "group lint: ruff",
            "group test: include lint",
            "group test: pytest",
            "platform: linux-x64 glibc 2.28",
            "platform: win-x64",
            "index: https://pypi.org/simple",
            "constraint: six<2",
            "exclude-newer: 7 days",
        ],
        ManifestReading.Read(Whole).Requests.Lines);

    [Theory]
    [InlineData("# a comment\nrequirements: [b, a]\n")]
    [InlineData("name: other\nrequirements: [A, b, b]\n")]
    [InlineData("environment: {path: env}\nrequirements: [a, B]\nserver: https://venvs.example\nchecks: [python -V]\n")]
    [InlineData("requirements: [a, b]\npython: '>= 3.9'\nindexes: [{name: own, url: 'https://u:p@pypi.org/simple/'}]\ngroups: {}\nresolution: highest\n")]
    public void Is_not_brought_by_what_a_lock_does_not_depend_on(string text) =>
        Assert.Equal(ManifestReading.Read("requirements: [a, b]\n").Requests.Digest, ManifestReading.Read(text).Requests.Digest);

    [Theory]
    [InlineData("requirements: [a]\n", "requirements: removed b")]
    [InlineData("requirements: [a, b, c>=1]\n", "requirements: added c>=1")]
    [InlineData("requirements: [a, b>=2]\n", "requirements: 'b' became 'b>=2'")]
    [InlineData("requirements: [a, b]\npython: '>=3.12'\n", "python: '>=3.9' became '>=3.12'")]
    [InlineData("requirements: [a, b]\ngroups: {x: []}\n", "group x: added it, empty")]
    [InlineData("requirements: [a, b]\ngroups: {x: [c]}\ndefault-groups: [x]\n", "group x: added c|default-groups: added x")]
    [InlineData("requirements: [a, b]\nplatforms: [win-x64]\n", "platforms: removed default|platforms: added win-x64")]
    [InlineData("requirements: [a, b]\nresolution: lowest\n", "resolution: added lowest")]
    [InlineData("requirements: [a, b]\nindex-strategy: best-match\n", "index-strategy: added best-match")]
    [InlineData("requirements: [a, b]\nprereleases: allow\n", "prereleases: added allow")]
    [InlineData("requirements: [a, b]\nexclude-newer: 2026-10-01\n", "exclude-newer: added 2026-10-01")]
    [InlineData("requirements: [a, b]\nexclude-newer: {default: 2026-10-01, C_d: 7 days, e: never}\n", "exclude-newer: added 2026-10-01|exclude-newer c-d: added 7 days|exclude-newer e: added never")]
    [InlineData("requirements: [a, b]\nsdists: allow\n", "sdists: added allow")]
    [InlineData("requirements: [a, b]\nsdists: [docopt]\n", "sdists: added docopt")]
    [InlineData("requirements: [a, b]\nexclude: [c]\n", "exclude: added c")]
    [InlineData("requirements: [a, b]\noverrides: [c==1]\n", "overrides: added c==1")]
    [InlineData("requirements: [a, b]\nconstraints: [c==1]\n", "constraints: added c==1")]
    [InlineData("requirements: [a, b]\nfind-links: [./wheels]\n", "find-links: added ./wheels")]
    [InlineData("requirements: [a, b]\nindexes: [pypi, {name: c, url: 'https://c.example', packages: [c-*]}]\n", "indexes: added https://c.example for c-*")]
    [InlineData("requirements: [a, b]\nindexes: []\n", "indexes: removed https://pypi.org/simple")]
    public void Is_brought_by_every_request_and_explained(string text, string changes)
    {
        var before = ManifestReading.Read("requirements: [a, b]\n").Requests;
        var after = ManifestReading.Read(text).Requests;
        Assert.NotEqual(before.Digest, after.Digest);
        Assert.Equal(changes.Split('|'), RequestChanges.Describe(before.Lines, after.Lines));
        Assert.Empty(RequestChanges.Describe(after.Lines, after.Lines));
    }

    [Fact]
    public void Is_told_of_an_order_that_changed()
    {
        var before = ManifestReading.Read("indexes: [pypi, {name: c, url: 'https://c.example'}]\n").Requests;
        var after = ManifestReading.Read("indexes: [{name: c, url: 'https://c.example'}, pypi]\n").Requests;
        Assert.NotEqual(before.Digest, after.Digest);
        Assert.Equal(["indexes: the order changed"], RequestChanges.Describe(before.Lines, after.Lines));
    }

    [Fact]
    public void Is_decided_from_the_lock_alone()
    {
        var requests = ManifestReading.Read(Whole).Requests;
        var written = LockWriter.Write(new() { CreatedBy = "dotnet-pyenv", Provenance = requests.ToProvenance() });
        var read = LockReader.Read(written, "pylock.toml").Document;
        Assert.True(requests.AreAnsweredBy(read));
        Assert.Equal(requests.Lines, read.Provenance!.Requests);
        Assert.Equal(requests.Digest, ManifestRequests.DigestOf(read.Provenance.Requests));
        Assert.False(ManifestReading.Read("requirements: [a]\n").Requests.AreAnsweredBy(read));
    }
}

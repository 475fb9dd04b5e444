using System.IO.Compression;
using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

/// <summary><c>audit</c> against records in OSV's format.</summary>
public sealed class Auditing
{
    private const string Record = """
        {"id": "PYSEC-1", "aliases": ["CVE-2026-1", "GHSA-x"], "summary": "Reads too far.",
         "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}],
         "affected": [
           {"package": {"ecosystem": "npm", "name": "lib"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]},
           {"package": {"ecosystem": "PyPI", "name": "Lib"},
            "ranges": [{"type": "GIT", "repo": "https://git.example/lib", "events": [{"introduced": "abc"}]},
                       {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}]}]}
        """;

    [Fact]
    public async Task A_vulnerable_pin_is_told_with_the_way_to_it_and_the_version_that_is_fixed()
    {
        await using var world = await WorldAsync();
        world.Write("db/PYSEC-1.json", Record);
        world.Write("db/notes.txt", "not a record");
        var outcome = await AuditVerb.RunAsync(world.Context, new() { Databases = ["db"] }, LockWorld.Stop);
        var finding = Assert.Single(outcome.Findings);
        Assert.Equal(("lib", "2.0", "PYSEC-1", "2.1", "Reads too far.", "CVSS:3.1/AV:N"), (finding.Name, finding.Version, finding.Id, finding.FixedIn, finding.Summary, finding.Severity));
        Assert.Equal(["CVE-2026-1", "GHSA-x"], finding.Aliases);
        var diagnostic = finding.ToDiagnostic();
        Assert.Equal("PYENV1290", diagnostic.Code);
        Assert.Equal("app -> app 1.0 asks for lib<3", diagnostic.Detail);
        Assert.Contains("--upgrade-package lib==2.1", diagnostic.Remedy, StringComparison.Ordinal);
        Assert.Equal(1 + Array.IndexOf(world.Lock.Split('\n'), "name = \"lib\""), diagnostic.Location!.Line);
        Assert.Equal((2, 1), (outcome.Packages, outcome.Records));
    }

    [Fact]
    public async Task The_way_to_a_pin_is_known_by_the_lock_s_notes_where_the_cache_has_nothing_and_nobody_is_asked()
    {
        await using var world = await WorldAsync();
        world.Write("db.json", Record);
        var asked = world.Index.Requests.Count;
        var context = world.Context with { IndexUrl = new("http://127.0.0.1:9/simple/") };
        var finding = Assert.Single((await AuditVerb.RunAsync(context, new() { Databases = ["db.json"] }, LockWorld.Stop)).Findings);
        Assert.Equal("app -> app 1.0 asks for lib", finding.Paths[0].ToString());
        Assert.Equal(asked, world.Index.Requests.Count);
    }

    [Theory]
    [InlineData("pysec-1")]
    [InlineData("CVE-2026-1")]
    public async Task A_record_is_ignored_by_its_id_or_an_alias(string id)
    {
        await using var world = await WorldAsync();
        world.Write("db.json", Record);
        var outcome = await AuditVerb.RunAsync(world.Context, new() { Databases = ["db.json"], Ignore = [id] }, LockWorld.Stop);
        Assert.Empty(outcome.Findings);
        Assert.Equal(["PYSEC-1"], outcome.Ignored);
    }

    [Fact]
    public async Task Records_of_one_vulnerability_are_one_finding_whose_remedy_does_for_all()
    {
        await using var world = await WorldAsync();
        var other = Record.Replace("PYSEC-1", "GHSA-x", StringComparison.Ordinal).Replace("\"GHSA-x\"]", "\"PYSEC-1\"]", StringComparison.Ordinal).Replace("2.1", "2.3", StringComparison.Ordinal);
        world.Write("db.json", $"[{Record}, {other}]");
        var finding = Assert.Single((await AuditVerb.RunAsync(world.Context, new() { Databases = ["db.json"] }, LockWorld.Stop)).Findings);
        Assert.Equal(("GHSA-x", "2.3"), (finding.Id, finding.FixedIn));
    }

    [Theory]
    [InlineData("\"withdrawn\": \"2026-01-01T00:00:00Z\", \"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"lib\"}, \"versions\": [\"2.0\"]}]", 0)]
    [InlineData("\"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"lib\"}, \"versions\": [\"2\", \"not a version\"]}]", 1)]
    [InlineData("\"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"lib\"}, \"versions\": [\"1.9\"]}]", 0)]
    [InlineData("\"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"other\"}, \"versions\": [\"2.0\"]}]", 0)]
    [InlineData("\"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"lib\"}, \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"1\"}, {\"last_affected\": \"2.0\"}]}]}]", 1)]
    [InlineData("\"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"lib\"}, \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}, {\"limit\": \"2.0\"}]}]}]", 0)]
    [InlineData("\"affected\": []", 0)]
    public async Task Records_count_as_they_are_written(string body, int findings)
    {
        await using var world = await WorldAsync();
        world.Write("db.json", $"{{\"id\": \"X-1\", {body}}}");
        Assert.Equal(findings, (await AuditVerb.RunAsync(world.Context, new() { Databases = ["db.json"] }, LockWorld.Stop)).Findings.Count);
    }

    [Fact]
    public async Task A_range_that_cannot_be_read_is_a_finding_too()
    {
        await using var world = await WorldAsync();
        world.Write("db.json", "{\"id\": \"X-1\", \"affected\": [{\"package\": {\"ecosystem\": \"PyPI\", \"name\": \"lib\"}, \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"latest\"}]}]}]}");
        var finding = Assert.Single((await AuditVerb.RunAsync(world.Context, new() { Databases = ["db.json"] }, LockWorld.Stop)).Findings);
        Assert.Equal("'latest' in a range is no version", finding.Problem);
        Assert.Equal("PYENV1291", finding.ToDiagnostic().Code);
    }

    [Fact]
    public void A_version_is_in_a_range_exactly_when_a_plain_reading_says_so()
    {
        var versions = OneOf("0.9", "1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.1", "1.10", "2.0a0", "2.0", "2.0.1", "1!0.1").Select(PackageVersion.Parse);
        var kinds = OneOf(AdvisoryEventKind.Introduced, AdvisoryEventKind.Fixed, AdvisoryEventKind.LastAffected, AdvisoryEventKind.Limit);
        var events = Gen.Select(kinds, versions, Gen.Bool, (kind, version, isOpen) =>
            new AdvisoryEvent(kind, isOpen && kind is AdvisoryEventKind.Introduced or AdvisoryEventKind.Limit ? null : version));
        Gen.Select(events.List[0, 7], versions).Sample(
            (list, version) =>
            {
                var range = new AdvisoryRange(list);
                var limits = list.Where(entry => entry.Kind == AdvisoryEventKind.Limit).ToList();
                var starts = list.Where(entry => entry.Kind == AdvisoryEventKind.Introduced && (entry.Version is null || entry.Version <= version));
                // Affected: some beginning at or before it, which no end between the two undoes; and below some limit.
                var expected = (limits.Count == 0 || limits.Exists(limit => limit.Version is null || version < limit.Version))
                    && starts.Any(start => !list.Any(end => IsBefore(end, version) && IsAfter(end, start)));
                Assert.Equal(expected, range.Contains(version));
                var later = list.Where(entry => entry.Kind == AdvisoryEventKind.Fixed && entry.Version! > version).Select(entry => entry.Version!).ToList();
                Assert.Equal(later.Count == 0 ? null : later.Min(), range.FixedAfter(version));
            },
            iter: 20_000);

        static bool IsAfter(AdvisoryEvent end, AdvisoryEvent start) => start.Version is null || end.Version! >= start.Version;
        static bool IsBefore(AdvisoryEvent end, PackageVersion version) =>
            (end.Kind == AdvisoryEventKind.Fixed && end.Version! <= version) || (end.Kind == AdvisoryEventKind.LastAffected && end.Version! < version);
    }

    [Fact]
    public void A_local_version_is_affected_as_its_public_one_is()
    {
        var advisory = new Advisory("X-1", PackageName.Parse("lib"))
        {
            Ranges = [new AdvisoryRange([new(AdvisoryEventKind.Introduced, null), new(AdvisoryEventKind.LastAffected, PackageVersion.Parse("2.0"))])],
        };
        Assert.True(advisory.Affects(PackageVersion.Parse("2.0+cu121")));
        Assert.False(advisory.Affects(PackageVersion.Parse("2.0.post1")));
    }

    [Fact]
    public async Task A_zip_is_read_as_its_files_are()
    {
        await using var world = await WorldAsync();
        Zip(world.Path("all.zip"), ("PYSEC-1.json", Encoding.UTF8.GetBytes(Record)), ("X-2.json", "{\"id\": \"X-2\"}"u8.ToArray()));
        var outcome = await AuditVerb.RunAsync(world.Context, new() { Databases = ["all.zip"] }, LockWorld.Stop);
        Assert.Equal((1, 2), (outcome.Findings.Count, outcome.Records));
    }

    [Theory]
    [InlineData("{\n  \"id\": ", 2)]
    [InlineData("\"a string\"", 0)]
    [InlineData("[{}]", 0)]
    [InlineData("", 1)]
    [InlineData("PK\u0003\u0004 and no more", 0)]
    public async Task What_is_no_record_is_refused_where_it_is_wrong(string content, int line)
    {
        await using var world = await WorldAsync();
        world.Write("db.json", content);
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => AuditVerb.RunAsync(world.Context, new() { Databases = ["db.json"] }, LockWorld.Stop));
        Assert.Equal((ExitCode.Usage, "PYENV1021", line), (refusal.ExitCode, refusal.Diagnostics[0].Code, refusal.Diagnostics[0].Location!.Line));
    }

    [Fact]
    public async Task An_audit_against_nothing_is_refused()
    {
        await using var world = await WorldAsync();
        Directory.CreateDirectory(world.Path("empty"));
        foreach (var database in (string[])["empty", "nowhere"])
            await Assert.ThrowsAsync<DiagnosticException>(() => AuditVerb.RunAsync(world.Context, new() { Databases = [database] }, LockWorld.Stop));
    }

    [Fact]
    public async Task Records_that_are_too_much_are_refused()
    {
        await using var world = await WorldAsync();
        Zip(world.Path("bomb.zip"), ("a.json", new byte[(16 << 20) + 1]));
        world.Write("deep.json", new string('[', 1000) + new string(']', 1000));
        world.Write("wide.json", $"{{\"id\": \"X-1\", \"affected\": [{{\"package\": {{\"ecosystem\": \"PyPI\", \"name\": \"lib\"}}, \"versions\": [{string.Join(',', Enumerable.Repeat("\"1\"", 20_001))}]}}]}}");
        foreach (var database in (string[])["bomb.zip", "deep.json", "wide.json"])
            Assert.Equal("PYENV1021", (await Assert.ThrowsAsync<DiagnosticException>(() => AuditVerb.RunAsync(world.Context, new() { Databases = [database] }, LockWorld.Stop))).Diagnostics[0].Code);
    }

    [Fact]
    public void Damaged_records_are_read_or_refused_and_never_more()
    {
        var names = new HashSet<PackageName> { PackageName.Parse("lib") };
        var bytes = Encoding.UTF8.GetBytes(Record);
        Gen.Select(Gen.Int[0, bytes.Length - 1], OneOf("null", "0", "[]", "{}", "\"\\ud800\"", "\"", "}", "]", "\\u0000", "1e999"), Gen.Int[0, 40]).Sample(
            (at, text, length) =>
            {
                var damaged = Encoding.UTF8.GetString([.. bytes[..at], .. Encoding.UTF8.GetBytes(text), .. bytes[Math.Min(bytes.Length, at + length)..]]);
                JsonDocument document;
                try
                {
                    document = JsonDocument.Parse(damaged);
                }
                catch (JsonException)
                {
                    return;
                }

                using (document)
                {
                    try
                    {
                        foreach (var advisory in new AdvisoryReader(names).Read(document.RootElement))
                            advisory.Affects(PackageVersion.Parse("2.0"));
                    }
                    catch (Exception fault) when (fault is FormatException or InvalidOperationException)
                    {
                    }
                }
            },
            iter: 20_000);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void Zip(string path, params (string Name, byte[] Content)[] files)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in files)
        {
            using var stream = archive.CreateEntry(name).Open();
            stream.Write(content);
        }
    }

    private static async Task<LockWorld> WorldAsync()
    {
        var world = new LockWorld().Add("app", "1.0", "lib<3").Add("lib", "2.0").Manifest("requirements: [app]\n");
        await world.LockAsync();
        return world;
    }
}

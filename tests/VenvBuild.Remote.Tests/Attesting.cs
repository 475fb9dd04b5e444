using System.Text.Json.Nodes;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Remote.Tests;

/// <summary>What an index offers as a file's provenance (PEP 740) is held against the publisher that is demanded.</summary>
public sealed class Attesting : IDisposable
{
    private const string File = "demo-1.0-py3-none-any.whl";

    private static readonly byte[] Content = "the wheel"u8.ToArray();
    private static readonly Publisher Owner = new(Publisher.GitHub, "owner/repo", "release.yml");

    private readonly TestFolder _folder = new();
    private readonly AttestationMaker _maker = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_publisher_attested_to_is_taken(bool checksLogs)
    {
        Check(Owner, checksLogs);
        Check(Owner with { Repository = "Owner/Repo" }, checksLogs);
    }

    [Fact]
    public void Another_publisher_repository_workflow_or_host_is_not()
    {
        Assert.Contains("published by GitHub owner/repo release.yml", Refusal(Owner with { Repository = "owner/other" }), StringComparison.Ordinal);
        Assert.Contains("published by", Refusal(Owner with { Workflow = "Release.yml" }), StringComparison.Ordinal);
        Assert.Contains("published by", Refusal(Owner with { Kind = Publisher.GitLab }), StringComparison.Ordinal);
        // The index says the right thing, and the certificate does not.
        _maker.CertifiedOwner = "somebody/else";
        Assert.Contains("another repository's", Refusal(Owner), StringComparison.Ordinal);
        _maker.CertifiedOwner = "owner/repository";
        Assert.Contains("another repository's", Refusal(Owner), StringComparison.Ordinal);
        _maker.CertifiedOwner = null;
        _maker.TokenIssuer = "https://gitlab.com";
        Assert.Contains("not given to a workflow of that host", Refusal(Owner), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_file_or_other_bytes_are_not()
    {
        var verifier = Verifier(true);
        var provenance = _maker.Provenance(File, Content);
        Assert.Contains("another file", Refusal(() => verifier.Check(provenance, "demo-1.1-py3-none-any.whl", Sha256Digest.Of(Content), Owner)), StringComparison.Ordinal);
        Assert.Contains("another file", Refusal(() => verifier.Check(provenance, File, Sha256Digest.Of("other"u8), Owner)), StringComparison.Ordinal);
        Assert.Contains("nobody attested", Refusal(() => verifier.Check("{\"version\":1,\"attestation_bundles\":[]}"u8, File, Sha256Digest.Of(Content), Owner)), StringComparison.Ordinal);
        Assert.Contains("another version", Refusal(() => verifier.Check("{\"version\":2,\"attestation_bundles\":[]}"u8, File, Sha256Digest.Of(Content), Owner)), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refusal(() => verifier.Check("{}"u8, File, Sha256Digest.Of(Content), Owner)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_authority_or_of_another_time_is_not_believed()
    {
        using var other = new AttestationMaker();
        var foreign = other.Provenance(File, Content);
        Assert.Contains("does not lead to a root", Refusal(() => Verifier(false).Check(foreign, File, Sha256Digest.Of(Content), Owner)), StringComparison.Ordinal);
        Assert.Contains("signed by a log", Refusal(() => Verifier(true).Check(foreign, File, Sha256Digest.Of(Content), Owner)), StringComparison.Ordinal);
        _maker.SignedAfter = TimeSpan.FromMinutes(11);
        Assert.Contains("NotTimeValid", Refusal(Owner), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("integratedTime", "1700000000", "time is not signed")]
    [InlineData("logIndex", "7", "time is not signed")]
    [InlineData("inclusionPromise", null, "did not sign the time")]
    [InlineData("inclusionProof", null, "no proof")]
    [InlineData("inclusionProof.treeSize", "8", "tree")]
    [InlineData("inclusionProof.logIndex", "4", "another root")]
    [InlineData("inclusionProof.logIndex", "9", "is none")]
    [InlineData("inclusionProof.rootHash", "AAAA", "another root")]
    public void What_the_log_did_not_sign_is_not_believed(string path, string? value, string why)
    {
        _maker.Change = provenance =>
        {
            var node = provenance["attestation_bundles"]![0]!["attestations"]![0]!["verification_material"]!["transparency_entries"]![0]!;
            var parts = path.Split('.');
            foreach (var part in parts[..^1])
                node = node[part]!;
            if (value is null)
                ((JsonObject)node).Remove(parts[^1]);
            else
                node[parts[^1]] = value;
        };
        Assert.Contains(why, Refusal(Owner), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_thousand_changes_none_makes_it_another_files_or_is_taken_with_another_meaning()
    {
        var verifier = Verifier(true);
        var provenance = _maker.Provenance(File, Content);
        verifier.Check(provenance, File, Sha256Digest.Of(Content), Owner);
        var random = new Random(20261124);
        var (refused, harmless) = (0, 0);
        while (refused + harmless < 1000)
        {
            var at = random.Next(provenance.Length);
            byte[] changed = random.Next(3) switch
            {
                0 => [.. provenance[..at], (byte)(provenance[at] ^ (1 << random.Next(8))), .. provenance[(at + 1)..]],
                1 => [.. provenance[..at], .. provenance[Math.Min(provenance.Length, at + 1 + random.Next(16))..]],
                _ => [.. provenance[..at], (byte)random.Next(256), .. provenance[at..]],
            };
            try
            {
                verifier.Check(changed, File, Sha256Digest.Of(Content), Owner);
                // What nobody looks at: kindVersion, environment, claims, the padding bits of base64, a log's name and hint.
                harmless++;
            }
            catch (AttestationException)
            {
                refused++;
            }
        }

        Assert.InRange(harmless, 0, 100);
    }

    [Fact]
    public void Roots_and_log_keys_are_read_strictly()
    {
        Assert.Equal("PYENV1826", Code(_folder.Write("none.pem", "")));
        Assert.Equal("PYENV1826", Code(_folder.Write("between.pem", _maker.Roots[(_maker.Roots.IndexOf("-----END", StringComparison.Ordinal) + 30)..])));
        Assert.Equal("PYENV1826", Code(_folder.Write("key.pem", _maker.LogKey)));
        Assert.Equal("PYENV1826", Code(_folder.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")));

        static string Code(string path) => Assert.Throws<DiagnosticException>(() => AttestationRoots.Load(path, null)).Diagnostics[0].Code;
    }

    public void Dispose()
    {
        _maker.Dispose();
        _folder.Dispose();
    }

    private AttestationVerifier Verifier(bool checksLogs) =>
        new(AttestationRoots.Load(_folder.Write("roots.pem", _maker.Roots), checksLogs ? _folder.Write("log.pem", _maker.LogKey) : null));

    private void Check(Publisher publisher, bool checksLogs) => Verifier(checksLogs).Check(_maker.Provenance(File, Content), File, Sha256Digest.Of(Content), publisher);

    private string Refusal(Publisher publisher) => Refusal(() => Check(publisher, checksLogs: true));

    private static string Refusal(Action check) => Assert.Throws<AttestationException>(check).Message;
}

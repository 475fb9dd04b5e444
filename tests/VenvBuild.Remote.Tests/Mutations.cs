using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Remote.Tests;

/// <summary>One change anywhere in what was signed, or in the signatures, and nothing is taken.</summary>
public sealed class Mutations
{
    private const int Count = 1000;

    [Fact]
    public void A_changed_file_of_signatures_is_refused()
    {
        using var key = SigningKey.Create();
        var policy = new TrustPolicy([Sample.Signer("team", key)]);
        var file = SignatureFile.Write([Sample.Signed(Sample.Statement, key)]);
        policy.Check(Sample.Offered, file, Sample.Now);
        Assert.Equal(Count, Refused(file, changed => policy.Check(Sample.Offered, changed, Sample.Now)));
    }

    [Fact]
    public void A_changed_statement_under_the_old_signature_is_refused()
    {
        using var key = SigningKey.Create();
        var policy = new TrustPolicy([Sample.Signer("team", key)]);
        var envelope = Sample.Signed(Sample.Statement, key);
        Assert.Equal(Count, Refused(
            envelope.Payload.ToArray(),
            changed => policy.Check(Sample.Offered, SignatureFile.Write([new(envelope.PayloadType, changed, envelope.Signatures)]), Sample.Now)));
    }

    /// <summary>How many of 1,000 random changes are refused as they should be: with a code of trust and exit code 4.</summary>
    internal static int Refused(byte[] original, Action<byte[]> take)
    {
        // The same changes in each run; another seed would do as well.
        var random = new Random(20261124);
        var refused = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Count; i++)
        {
            var (kind, changed) = Mutation.Of(original, random);
            var refusal = Assert.Throws<DiagnosticException>(() => take(changed));
            Assert.Equal(ExitCode.Integrity, refusal.ExitCode);
            Assert.StartsWith("PYENV18", refusal.Diagnostics[0].Code, StringComparison.Ordinal);
            refused[kind] = refused.GetValueOrDefault(kind) + 1;
        }

        Assert.Equal(6, refused.Count);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", refused.Select(kind => $"{kind.Key}: {kind.Value}")));
        return refused.Values.Sum();
    }
}

using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// The signatures that travel beside an environment's manifest: one envelope a line (in-toto's bundle, <c>KEY.intoto.jsonl</c>), so that
/// several builders or people can vouch for one environment, each in its own words and at its own time.
/// </summary>
public static class SignatureFile
{
    /// <summary>What follows the environment's key in the file's name.</summary>
    public const string Suffix = ".intoto.jsonl";

    /// <summary>The largest such file that is read, in bytes.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>The most envelopes of such a file.</summary>
    internal const int MaxEnvelopes = 32;

    /// <summary>Reads the envelopes.</summary>
    /// <exception cref="DiagnosticException">The file is no such file (exit code 4).</exception>
    public static IReadOnlyList<DsseEnvelope> Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw DsseEnvelope.Malformed($"the file is larger than {MaxBytes >> 20} MiB");
        var envelopes = new List<DsseEnvelope>();
        while (!utf8.IsEmpty)
        {
            var end = utf8.IndexOf((byte)'\n');
            if (end < 0)
                throw DsseEnvelope.Malformed("the last line has no end");
            if (envelopes.Count == MaxEnvelopes)
                throw DsseEnvelope.Malformed($"there are more than {MaxEnvelopes} envelopes");
            envelopes.Add(DsseEnvelope.Parse(utf8[..end]));
            utf8 = utf8[(end + 1)..];
        }

        return envelopes;
    }

    /// <summary>Writes envelopes, a line each.</summary>
    public static byte[] Write(IEnumerable<DsseEnvelope> envelopes)
    {
        using var file = new MemoryStream();
        foreach (var envelope in envelopes)
        {
            file.Write(envelope.Write());
            file.WriteByte((byte)'\n');
        }

        return file.ToArray();
    }
}

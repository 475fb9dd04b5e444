namespace VenvBuild.Packaging;

/// <summary>The digests of one file: algorithm to lower-case hex, in ordinal order of the algorithm (PEP 751, <c>hashes</c>).</summary>
public sealed class LockedHashes : IEquatable<LockedHashes>
{
    private readonly KeyValuePair<string, string>[] _digests;

    /// <summary>Gathers digests; of two for one algorithm the last one counts.</summary>
    public LockedHashes(IEnumerable<KeyValuePair<string, string>> digests)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (algorithm, digest) in digests)
            sorted[algorithm] = digest;
        _digests = [.. sorted];
    }

    /// <summary>Algorithm and digest, in ordinal order of the algorithm.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Digests => _digests;

    /// <summary>The SHA-256, 64 hex digits, or null when there is none that a file could have.</summary>
    public string? Sha256 => this["sha256"] is { Length: 64 } digest ? digest : null;

    /// <summary>The digest by an algorithm, or null.</summary>
    public string? this[string algorithm]
    {
        get
        {
            foreach (var (name, digest) in _digests)
            {
                if (string.Equals(name, algorithm, StringComparison.Ordinal))
                    return digest;
            }

            return null;
        }
    }

    /// <summary>A SHA-256 alone.</summary>
    public static LockedHashes OfSha256(string hex) => new([new("sha256", hex)]);

    internal static LockedHashes None { get; } = new([]);

    /// <inheritdoc/>
    public bool Equals(LockedHashes? other) => other is not null && _digests.AsSpan().SequenceEqual(other._digests);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LockedHashes);

    /// <inheritdoc/>
    public override int GetHashCode() => _digests.Length == 0 ? 0 : HashCode.Combine(_digests.Length, _digests[0].Value);

    /// <summary>The digests as <c>sha256:...</c>, joined by spaces.</summary>
    public override string ToString() => string.Join(' ', _digests.Select(digest => $"{digest.Key}:{digest.Value}"));
}

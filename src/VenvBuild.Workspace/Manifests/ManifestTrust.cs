namespace VenvBuild.Workspace;

/// <summary>Whose environments are taken (<c>trust</c>).</summary>
public sealed record ManifestTrust
{
    /// <summary>The files of public keys, below the manifest's folder, with <c>/</c>: a signer each; none means that signatures are not asked for.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>How many of the signers must have signed.</summary>
    public int Threshold { get; init; } = 1;

    /// <summary>The builders whose environments are taken; none means any.</summary>
    public IReadOnlyList<string> Builders { get; init; } = [];

    /// <summary>Whose wheels are taken that were built from sdists and that no lock's digest speaks for.</summary>
    public TrustedBuilds Builds { get; init; }

    /// <summary>How old an environment may be, or null for any age.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>Who must have attested to the files of which distributions, in the manifest's order; the first that means a name counts.</summary>
    public IReadOnlyList<ManifestPublisher> Publishers { get; init; } = [];

    /// <summary>The file of the certificates that attestations must lead to, below the manifest's folder; null where none is named.</summary>
    public string? AttestationRoots { get; init; }

    /// <summary>The file of the keys of transparency logs, below the manifest's folder; null where entries of logs are not checked.</summary>
    public string? AttestationLogs { get; init; }

    /// <summary>Whether an older environment or lock than was seen before at the same source is refused, instead of warned about.</summary>
    public bool RefusesRollback { get; init; }
}

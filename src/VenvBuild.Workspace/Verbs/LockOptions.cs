namespace VenvBuild.Workspace;

/// <summary>How <c>lock</c> is to work.</summary>
public sealed record LockOptions
{
    /// <summary>Whether to say only if the lock is up to date, writing nothing.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>Whether to forget the previous lock's pins.</summary>
    public bool Upgrade { get; init; }

    /// <summary>The distributions whose pins are forgotten, each as <c>name</c> or <c>name==version</c>.</summary>
    public IReadOnlyList<string> UpgradePackages { get; init; } = [];

    /// <summary>The lock file to write instead of the manifest's, or null.</summary>
    public string? Output { get; init; }

    /// <summary>A solution or project whose manifests are meant, or null for the manifest itself.</summary>
    public string? Target { get; init; }

    /// <summary>Who solves; a peer is asked even where the manifest names a server.</summary>
    public ResolverChoice Resolver { get; init; }
}

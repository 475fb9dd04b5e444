using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>The body of <c>POST /v1/subscriptions</c>: a manifest and the lock that is in use. The same manifest under the same name is the same subscription.</summary>
internal sealed record SubscriptionRequest
{
    /// <summary>What people call it; by default the first names that the manifest asks for.</summary>
    public string? Name { get; init; }

    /// <summary>The manifest: the text of a <c>pyenv.yaml</c>, without credentials.</summary>
    public required string Manifest { get; init; }

    /// <summary>The lock in use: the text of a <c>pylock.toml</c>, or <c>sha256:</c> and the digest of one that the server keeps.</summary>
    public required string Lock { get; init; }

    /// <summary>What only the client can see, as with <c>POST /v1/locks</c>.</summary>
    public IReadOnlyList<LockSource> Sources { get; init; } = [];

    /// <summary>The platform that counts where the manifest declares none: a runtime identifier.</summary>
    public string? Platform { get; init; }

    /// <summary>How often updates are looked for, in hours.</summary>
    public int Hours { get; init; } = 24;

    /// <summary>Whether updates are built and, where the server runs checks, checked as the manifest says. Needs the scope <c>build</c>.</summary>
    public bool Build { get; init; } = true;
}

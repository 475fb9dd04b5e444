using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>A request for an environment, understood: the lock with its bytes, and the exact plan that the key is made of.</summary>
internal sealed record BuildQuestion(LockDocument Document, byte[] Content, Sha256Digest LockDigest, EnvironmentPlan Plan, PackageVersion Python, IReadOnlyList<ExtraName>? Groups)
{
    /// <summary>The commands that must succeed in the environment before it is published.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>Who asks: what is made counts as kept for them; null for the server itself.</summary>
    public string? AskedBy { get; init; }

    /// <summary>
    /// What the build goes by: the environment's key, or one of its own where there are checks. Who asks for a check that fails
    /// keeps nobody else from the environment.
    /// </summary>
    public string BuildKey => Checks.Count == 0 ? Plan.Key.ToString() : CacheFolder.KeyOf(["venvbuild-checked 1", Plan.Key.ToString(), .. Checks]);
}

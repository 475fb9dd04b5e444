using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>A request for an environment, understood: the lock with its bytes, and the exact plan that the key is made of, as far as it is wheels.</summary>
internal sealed record BuildQuestion(LockDocument Document, byte[] Content, Sha256Digest LockDigest, EnvironmentPlan Plan, PackageVersion Python, IReadOnlyList<ExtraName>? Groups)
{
    /// <summary>The pins that have to be built before the environment has its key.</summary>
    public IReadOnlyList<SelectedPackage> Sources { get; init; } = [];

    /// <summary>The commands that must succeed in the environment before it is published.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>Who asks: what is made counts as kept for them; null for the server itself.</summary>
    public string? AskedBy { get; init; }

    /// <summary>The environment's key; null as long as wheels of it have to be built.</summary>
    public string? EnvironmentKey => Sources.Count == 0 ? Plan.Key.ToString() : null;

    /// <summary>
    /// What the build goes by: the environment's key, or one of its own where there are checks, or sources. Who asks for a check that fails
    /// keeps nobody else from the environment; and what is built of the same sources for the same target is built once.
    /// </summary>
    public string BuildKey => (Checks.Count, Sources.Count) switch
    {
        (0, 0) => Plan.Key.ToString(),
        (_, 0) => CacheFolder.KeyOf(["venvbuild-checked 1", Plan.Key.ToString(), .. Checks]),
        _ => CacheFolder.KeyOf(["venvbuild-built 1", Plan.Key.ToString(), .. Sources.Select(Named), "checks", .. Checks]),
    };

    private static string Named(SelectedPackage pin) => $"{pin.Package.Name} {pin.Package.Version} {pin.File?.Hashes.Sha256} {pin.Package.Index}";
}

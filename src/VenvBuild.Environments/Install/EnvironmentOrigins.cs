using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// What an environment says of the distributions in it that were asked for by their address: their <c>direct_url.json</c> (PEP 610). It names
/// paths of this machine, so that an environment that may leave it has none.
/// </summary>
public sealed class EnvironmentOrigins
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private EnvironmentOrigins()
    {
    }

    /// <summary>The origins of a plan's wheels; null where an index was asked for all of them.</summary>
    /// <param name="plan">The plan, made from a lock.</param>
    /// <param name="lockFolder">The folder that the lock's local paths are relative to.</param>
    public static EnvironmentOrigins? Of(EnvironmentPlan plan, string lockFolder)
    {
        var origins = new EnvironmentOrigins();
        foreach (var wheel in plan.Wheels)
        {
            if (wheel.Origin is { } origin)
                origins._files[wheel.Sha256.ToString()] = origin.ToJson(lockFolder);
        }

        return origins._files.Count == 0 ? null : origins;
    }

    /// <summary>The path of the file, below the folder of all distributions.</summary>
    internal static string PlaceIn(string distInfo) => $"{distInfo}/direct_url.json";

    /// <summary>What is written for a wheel, or null.</summary>
    internal byte[]? FileOf(Layer layer) => _files.GetValueOrDefault(layer.Digest.ToString());

    /// <summary>The digest of all of them: an environment that says something else is made again.</summary>
    internal Sha256Digest Digest => Sha256Digest.Of([.. _files.SelectMany(file => file.Value)]);
}

using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>A place that has finished environments: a folder, a static tree, a release. The key names what is asked for, so nothing is searched.</summary>
public interface IEnvironmentSource : ILayerSource
{
    /// <summary>Whether asking needs the network.</summary>
    bool IsRemote { get; }

    /// <summary>Whether it only saves time: what is wrong with it is a warning, and the work is done without it.</summary>
    bool IsAccelerator => false;

    /// <summary>What the place has under a key, or null.</summary>
    /// <exception cref="DiagnosticException">The place cannot be asked (exit code 4).</exception>
    Task<EnvironmentOffer?> FindEnvironmentAsync(EnvironmentKey key, CancellationToken cancellationToken);
}

using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Another tool that can solve.</summary>
internal interface IPeer
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>Asks it for versions, for each environment.</summary>
    /// <exception cref="DiagnosticException">The tool is not there, cannot do what the manifest asks, or finds no answer.</exception>
    Task<IReadOnlyList<PeerPin>> AskAsync(PeerRequest request, CancellationToken cancellationToken);
}

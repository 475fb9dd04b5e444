using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>The Pythons of this worker, which run what belongs to environments.</summary>
internal sealed class WorkerPythons(WorkFolder work)
{
    /// <summary>The one of a target; null where this worker has none, or is on another platform.</summary>
    public async Task<Interpreter?> FindAsync(Target target, CancellationToken cancellationToken) => target.Platform.RuntimeIdentifier != Platform.OfThisProcess()?.RuntimeIdentifier
        ? null
        : (await new InterpreterFinder(work.Path).ListAsync(null, cancellationToken)).FirstOrDefault(here =>
            here.Major == target.Python.Major && here.Minor == target.Python.Minor && here.IsFreeThreaded == target.IsFreeThreaded && here.Markers.ImplementationName == target.Implementation);
}

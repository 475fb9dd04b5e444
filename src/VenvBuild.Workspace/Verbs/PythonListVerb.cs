using VenvBuild.Environments;
using VenvBuild.Index;

namespace VenvBuild.Workspace;

/// <summary><c>python list</c>: the interpreters of this machine.</summary>
public static class PythonListVerb
{
    /// <summary>Finds them, the best first; what was passed over is reported as remarks.</summary>
    public static async Task<IReadOnlyList<FoundPython>> RunAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var finder = new InterpreterFinder(CacheFolder.Default().Root);
        var found = await finder.ListAsync(context.Report, cancellationToken).ConfigureAwait(false);
        return
        [
            .. found.Select(interpreter => new FoundPython(
                interpreter.Version.ToString(),
                interpreter.Markers.PlatformPythonImplementation,
                interpreter.Executable,
                interpreter.Platform,
                interpreter.IsFreeThreaded)),
        ];
    }
}

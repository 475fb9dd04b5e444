using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A file that is written beside its place and then put there whole.</summary>
public static class OutputFile
{
    /// <summary>
    /// Refuses a place where a device, a pipe or a socket is: what is put there by its name would take it away, and <c>/dev/null</c> is
    /// everybody's.
    /// </summary>
    /// <exception cref="DiagnosticException">There is one (exit code 2).</exception>
    public static void CheckPlace(string path)
    {
        if (NativeFiles.IsSpecial(path))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                EnvironmentCodes.NotAFile, $"'{path}' is a device, a pipe or a socket, which a file would take the place of.",
                remedy: "Name a file; it can be given to a pipe afterwards."));
        }
    }
}

using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Takes requests from a file of another tool, told by its name.</summary>
internal static class RequestsFile
{
    private const int MaxBytes = 16 << 20;

    /// <summary>Reads the file.</summary>
    /// <exception cref="DiagnosticException">It cannot be read, or is none that requests can be taken from.</exception>
    public static async Task<TakenRequests> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        if (LockFileName.IsValid(name))
            return PinnedRequests.Of((await LockReader.LoadAsync(path, cancellationToken).ConfigureAwait(false)).Document);
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".txt" or ".in" => await RequirementsFile.ReadAsync(path, cancellationToken).ConfigureAwait(false),
            ".toml" => PyProjectFile.Read(await TextAsync(path, cancellationToken).ConfigureAwait(false), path),
            ".yml" or ".yaml" => await CondaFile.ReadAsync(await TextAsync(path, cancellationToken).ConfigureAwait(false), path, cancellationToken).ConfigureAwait(false),
            _ => throw Fault(
                path, 0, "Requests can be taken from a pip requirements file (.txt, .in), a pyproject.toml, a pylock.toml or a conda environment.yml."),
        };
    }

    /// <summary>The path of a file or folder as a requirement takes it: marked as one where it is relative.</summary>
    public static string LocalAddress(string path)
    {
        path = path.Replace('\\', '/').TrimEnd('/');
        return path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal) || path is "." or ".." || Path.IsPathRooted(path)
            ? path
            : "./" + path;
    }

    /// <summary>The file cannot be taken from.</summary>
    public static DiagnosticException Fault(string path, int line, string message, int column = 0) =>
        new(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.CannotTakeFrom, message, new(path, line, column), "Correct the file, or leave '--from' out."));

    private static async Task<string> TextAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                throw Fault(path, 0, "The file is larger than 16 MiB.");
            return await File.ReadAllTextAsync(path, Encoding.UTF8, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Fault(path, 0, $"The file cannot be read: {fault.Message}");
        }
    }
}

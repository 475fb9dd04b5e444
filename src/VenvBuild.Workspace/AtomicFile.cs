using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// A file that is written whole or not at all: to a temporary sibling, flushed, then renamed over the old one. The sibling of a run that
/// was killed is taken away by the next that writes the file.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Writes the file.</summary>
    /// <exception cref="DiagnosticException">The disk is full or may not be written; the old file is as it was.</exception>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        OutputFile.CheckPlace(path);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            SweepLeftovers(path);
            // Held until it has its name: that it is open is how others know it for the work of a living run. To share it for deletion is
            // what lets Windows rename it meanwhile; on other systems it is a shared lock.
            await using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
            await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            RandomAccess.FlushToDisk(stream.SafeFileHandle);
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
            throw new DiagnosticException(
                ExitCode.Integrity,
                Diagnostic.Error(WorkspaceCodes.FileFault, $"The file cannot be written: {fault.Message}", new(path), "Check the folder's permissions and the free space."),
                fault);
        }
        catch (OperationCanceledException)
        {
            Discard(temporary);
            throw;
        }
    }

    private static void SweepLeftovers(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var sibling in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{name}.*.tmp"))
        {
            if (Guid.TryParseExact(Path.GetFileName(sibling)[(name.Length + 1)..^4], "N", out _) && IsNobodys(sibling))
                Discard(sibling);
        }
    }

    private static bool IsNobodys(string sibling)
    {
        try
        {
            using var stream = new FileStream(sibling, FileMode.Open, FileAccess.Write, FileShare.None);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The write's own fault is what the person must hear of.
        }
    }
}

using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A file that is written whole or not at all: to a temporary sibling, flushed, then renamed over the old one.</summary>
internal static class AtomicFile
{
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
                RandomAccess.FlushToDisk(stream.SafeFileHandle);
            }

            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
            throw new DiagnosticException(
                ExitCode.Usage,
                Diagnostic.Error(WorkspaceCodes.FileFault, $"The file cannot be written: {fault.Message}", new(path), "Check the folder's permissions and the free space."),
                fault);
        }
        catch (OperationCanceledException)
        {
            Discard(temporary);
            throw;
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

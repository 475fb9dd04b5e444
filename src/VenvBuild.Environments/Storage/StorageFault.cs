using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Turns what the operating system says of a disk into what a person can act on.</summary>
internal static class StorageFault
{
    private const int NoSpaceOnUnix = 28;
    private const int QuotaOnLinux = 122;
    private const int QuotaOnMac = 69;
    private const int ReadOnlyFileSystem = 30;
    private const int DiskFullOnWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullOnWindows = unchecked((int)0x80070027);

    /// <summary>Whether the exception is the storage's, so that <see cref="Explain"/> can say more; of several threads', whether all are.</summary>
    public static bool IsStorage(Exception exception) =>
        exception is IOException or UnauthorizedAccessException || exception is AggregateException several && several.Flatten().InnerExceptions.All(IsStorage);

    /// <summary>The error for work at <paramref name="path"/> that failed with <paramref name="exception"/>.</summary>
    public static DiagnosticException Explain(Exception exception, string path)
    {
        if (exception is AggregateException several)
            return Explain(several.Flatten().InnerExceptions[0], path);
        var isQuota = OperatingSystem.IsWindows() ? false : exception.HResult == (OperatingSystem.IsMacOS() ? QuotaOnMac : QuotaOnLinux);
        if (isQuota || exception.HResult is NoSpaceOnUnix or DiskFullOnWindows or HandleDiskFullOnWindows)
        {
            return Error(
                EnvironmentCodes.DiskFull, $"There is no space left for '{path}': {exception.Message}",
                "Free space there (dotnet pyenv cache prune frees some), or choose another place for the cache or the environment.", exception);
        }

        if (exception is UnauthorizedAccessException || exception.HResult == ReadOnlyFileSystem)
        {
            return Error(
                EnvironmentCodes.PermissionDenied, $"'{path}' may not be written or read: {exception.Message}",
                "Give the user who runs this the right to, or choose another place with --path or the cache setting.", exception);
        }

        return Error(EnvironmentCodes.StorageFailed, $"Work on '{path}' failed: {exception.Message}", "Look at the disk and at what else uses that folder, then run again.", exception);
    }

    private static DiagnosticException Error(string code, string message, string remedy, Exception inner) =>
        new(ExitCode.Integrity, Diagnostic.Error(code, message, remedy: remedy), inner);
}

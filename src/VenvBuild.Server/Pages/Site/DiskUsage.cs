namespace VenvBuild.Server;

/// <summary>The disk that the server's folder is on.</summary>
internal sealed class DiskUsage(ServerSettings settings)
{
    /// <summary>Free and all bytes; null where the system does not say.</summary>
    public (long Free, long Total)? Read()
    {
        try
        {
            var drive = new DriveInfo(settings.Data);
            return (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

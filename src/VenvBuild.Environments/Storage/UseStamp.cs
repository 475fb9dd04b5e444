using Microsoft.Win32.SafeHandles;

namespace VenvBuild.Environments;

/// <summary>
/// When a thing of the store was used last, told by the time of its manifest. The time is renewed at most once a day, so that use costs a
/// look and hardly ever a write.
/// </summary>
internal static class UseStamp
{
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(1);

    /// <summary>Reads a manifest and marks what it describes as used now. Null when there is no such file.</summary>
    public static byte[]? ReadAndRenew(string manifest)
    {
        try
        {
            using var file = File.OpenHandle(manifest);
            var bytes = ReadAll(file);
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > Fresh)
                Renew(manifest);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static byte[] ReadAll(SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        for (var at = 0; at < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(at), at);
            if (read == 0)
                return bytes[..at];
            at += read;
        }

        return bytes;
    }

    private static void Renew(string manifest)
    {
        try
        {
            File.SetLastWriteTimeUtc(manifest, DateTime.UtcNow);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // A store that may only be read is used all the same; nobody prunes it as this user.
        }
    }
}

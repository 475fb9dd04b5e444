using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace VenvBuild.Environments;

/// <summary>What operating systems do with files and .NET has no word for: hard links, clones, and the exchange of two names.</summary>
internal static partial class NativeFiles
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int Exists = 17;
    private const int NotAFolder = 20;
    public const int CrossDevice = 18;
    public const int TooManyLinks = 31;

    private const int AtCurrentFolder = -100;
    private const uint RenameExchange = 2;
    private const uint MacRenameSwap = 2;
    private const int DoNotFollow = 0x100;
    private const uint LinkCountWanted = 4;
    private const int StatXSize = 256;
    // O_PATH and O_CLOEXEC; with O_PATH alone a link would be followed to a file, too, in which nothing is then found.
    private const int OpenPathOnly = 0x280000;
    private const uint LookWanted = 1 | 2 | 0x40 | 0x200;
    private const nuint CloneRequest = 0x40049409;
    private const int WindowsExists = 183;
    private const int WindowsNotSameDevice = 17;
    private const int WindowsTooManyLinks = 1142;

    /// <summary>Makes a hard link. Answers 0, or an errno of Unix; errors of Windows are translated.</summary>
    public static int HardLink(string existing, string link)
    {
        if (!OperatingSystem.IsWindows())
            return Link(existing, link) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return CreateHardLink(link, existing, 0) ? 0 : Marshal.GetLastPInvokeError() switch
        {
            WindowsExists => Exists,
            WindowsNotSameDevice => CrossDevice,
            WindowsTooManyLinks => TooManyLinks,
            _ => NotPermitted,
        };
    }

    /// <summary>Makes a copy that shares the blocks of <paramref name="existing"/> (reflink). Answers 0 or an errno; -1 where there is no such call.</summary>
    public static int Clone(string existing, string clone)
    {
        if (OperatingSystem.IsMacOS())
            return CloneFile(existing, clone, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (!OperatingSystem.IsLinux())
            return -1;
        using var source = File.OpenHandle(existing);
        using var target = new FileStream(clone, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        if (IoControl(target.SafeFileHandle, CloneRequest, (nint)source.DangerousGetHandle()) == 0)
        {
            // As copies and the clones of macOS have it: what was edited since shows by its time.
            File.SetLastWriteTimeUtc(target.SafeFileHandle, File.GetLastWriteTimeUtc(source));
            return 0;
        }

        var error = Marshal.GetLastPInvokeError();
        target.Dispose();
        File.Delete(clone);
        return error;
    }

    /// <summary>How many names a file has, or null where that cannot be told.</summary>
    public static unsafe long? LinkCount(string path)
    {
        var data = stackalloc byte[256];
        if (OperatingSystem.IsWindows())
        {
            using var file = File.OpenHandle(path);
            return GetFileInformationByHandle(file, data) ? *(uint*)(data + 40) : null;
        }

        try
        {
            // struct statx is the same on every architecture; the struct stat of macOS is the one with 64-bit inodes.
            if (OperatingSystem.IsLinux())
                return StatX(AtCurrentFolder, path, DoNotFollow, LinkCountWanted, data) == 0 ? *(uint*)(data + 16) : null;
            if (OperatingSystem.IsMacOS())
                return (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Stat(path, data) : Stat64(path, data)) == 0 ? *(ushort*)(data + 6) : null;
        }
        catch (EntryPointNotFoundException)
        {
            // An old musl.
        }

        return null;
    }

    /// <summary>What an entry looks like, links as links; null where there is none.</summary>
    public static unsafe FileLook? Look(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            var data = stackalloc byte[StatXSize];
            try
            {
                if (StatX(AtCurrentFolder, path, DoNotFollow, LookWanted, data) == 0)
                    return LookOf(data);
                if (Marshal.GetLastPInvokeError() is NotFound or NotAFolder)
                    return null;
            }
            catch (EntryPointNotFoundException)
            {
                // An old musl.
            }
        }

        return FileLook.Portable(path);
    }

    /// <summary>Whether there is something at a path that is neither file nor folder: a device, a pipe or a socket. Links are followed.</summary>
    public static unsafe bool IsSpecial(string path)
    {
        const int typeMask = 0xF000, regular = 0x8000, folder = 0x4000;
        const uint typeWanted = 1;
        var data = stackalloc byte[256];
        try
        {
            var type = OperatingSystem.IsLinux() ? StatX(AtCurrentFolder, path, 0, typeWanted, data) == 0 ? *(ushort*)(data + 28) & typeMask : regular
                : OperatingSystem.IsMacOS() ? (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Stat(path, data) : Stat64(path, data)) == 0 ? *(ushort*)(data + 4) & typeMask : regular
                : regular;
            return type is not (regular or folder);
        }
        catch (EntryPointNotFoundException)
        {
            // An old musl.
            return false;
        }
    }

    /// <summary>What an entry of an open folder looks like, by its path from there in UTF-8 with a zero at its end.</summary>
    /// <param name="folder">The folder, from <see cref="OpenFolder"/>.</param>
    /// <param name="path">The path.</param>
    /// <param name="isKnown">Whether the answer is one: false where the system has no such call, or failed.</param>
    public static unsafe FileLook? Look(SafeFileHandle folder, ReadOnlySpan<byte> path, out bool isKnown)
    {
        isKnown = false;
        if (!OperatingSystem.IsLinux())
            return null;
        var data = stackalloc byte[StatXSize];
        fixed (byte* name = path)
        {
            isKnown = StatXAt(folder, name, DoNotFollow, LookWanted, data) == 0;
            if (isKnown)
                return LookOf(data);
        }

        isKnown = Marshal.GetLastPInvokeError() is NotFound or NotAFolder;
        return null;
    }

    /// <summary>Opens a folder to look at its entries; null where that cannot be done.</summary>
    public static SafeFileHandle? OpenFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var folder = Open(path, OpenPathOnly);
        if (!folder.IsInvalid)
            return folder;
        folder.Dispose();
        return null;
    }

    private static unsafe FileLook LookOf(byte* data) => new(
        *(ushort*)(data + 28), *(long*)(data + 40),
        DateTime.UnixEpoch.Ticks + *(long*)(data + 112) * TimeSpan.TicksPerSecond + *(uint*)(data + 120) / TimeSpan.NanosecondsPerTick);

    /// <summary>Exchanges two names in one step that no kill can split. False where system or file system cannot.</summary>
    public static bool TryExchange(string one, string other)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return RenameAt2(AtCurrentFolder, one, AtCurrentFolder, other, RenameExchange) == 0;
            return OperatingSystem.IsMacOS() && RenameX(one, other, MacRenameSwap) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [UnsupportedOSPlatform("windows")]
    private static partial int Link(string existing, string link);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [SupportedOSPlatform("linux")]
    private static partial int RenameAt2(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [SupportedOSPlatform("macos")]
    private static partial int RenameX(string oldPath, string newPath, uint flags);

    [LibraryImport("libc", EntryPoint = "clonefile", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [SupportedOSPlatform("macos")]
    private static partial int CloneFile(string existing, string clone, uint flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [SupportedOSPlatform("linux")]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* data);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    [SupportedOSPlatform("linux")]
    private static unsafe partial int StatXAt(SafeFileHandle folder, byte* path, int flags, uint mask, byte* data);

    // open is variadic; what it is not told matters only where it makes a file.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [SupportedOSPlatform("linux")]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [SupportedOSPlatform("macos")]
    private static unsafe partial int Stat(string path, byte* data);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [SupportedOSPlatform("macos")]
    private static unsafe partial int Stat64(string path, byte* data);

    [LibraryImport("kernel32", EntryPoint = "GetFileInformationByHandle", SetLastError = true)]
    [SupportedOSPlatform("windows")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool GetFileInformationByHandle(SafeFileHandle file, byte* data);

    // ioctl is variadic, which matters only where variadic arguments go elsewhere than fixed ones (macOS on arm64), and there it is not called.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [SupportedOSPlatform("linux")]
    private static partial int IoControl(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [SupportedOSPlatform("windows")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string link, string existing, nint security);
}

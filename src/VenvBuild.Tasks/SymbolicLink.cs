using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace VenvBuild.Tasks;

/// <summary>Symbolic links of POSIX systems, which netstandard2.0 knows only as an attribute. Environments for Windows have none.</summary>
internal static class SymbolicLink
{
    private const int MaxTarget = 4096;

    private static bool IsPosix => Path.DirectorySeparatorChar == '/';

    /// <summary>What an entry leads to, as the link says it; null where it is no link.</summary>
    public static string? TargetOf(FileSystemInfo entry)
    {
        if (!IsPosix || (entry.Attributes & FileAttributes.ReparsePoint) == 0)
            return null;
        var buffer = new byte[MaxTarget];
        var length = (long)ReadLink(Bytes(entry.FullName), buffer, (IntPtr)buffer.Length);
        return length > 0 ? Encoding.UTF8.GetString(buffer, 0, (int)length) : null;
    }

    /// <summary>Makes a link, in the place of a link or file that is there.</summary>
    public static bool TryMake(string path, string target, out string why)
    {
        why = "this system has none";
        if (!IsPosix)
            return false;
        File.Delete(path);
        if (MakeLink(Bytes(target), Bytes(path)) == 0)
            return true;
        why = new Win32Exception(Marshal.GetLastWin32Error()).Message;
        return false;
    }

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path + "\0");

    [DllImport("libc", EntryPoint = "readlink", SetLastError = true)]
    private static extern IntPtr ReadLink(byte[] path, byte[] buffer, IntPtr size);

    [DllImport("libc", EntryPoint = "symlink", SetLastError = true)]
    private static extern int MakeLink(byte[] target, byte[] path);
}

namespace VenvBuild.Environments;

/// <summary>What an entry of a folder looks like without being read.</summary>
/// <param name="Mode">The type and permissions, as POSIX has them; on Windows, the type alone.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Ticks">The time of the last change, in ticks of UTC.</param>
internal readonly record struct FileLook(int Mode, long Size, long Ticks)
{
    private const int TypeMask = 0xF000;
    private const int Folder = 0x4000;
    private const int Plain = 0x8000;
    private const int Link = 0xA000;

    public bool IsFolder => (Mode & TypeMask) == Folder;

    public bool IsFile => (Mode & TypeMask) == Plain;

    public bool IsLink => (Mode & TypeMask) == Link;

    /// <summary>The permissions with the bits for set-user, set-group and sticky.</summary>
    public UnixFileMode Permissions => (UnixFileMode)(Mode & ~TypeMask);

    /// <summary>The same through what every system has.</summary>
    public static FileLook? Portable(string path)
    {
        var info = new FileInfo(path);
        if ((int)info.Attributes == -1)
            return null;
        var isLink = info.LinkTarget is not null;
        var isFolder = info.Attributes.HasFlag(FileAttributes.Directory);
        var type = isLink ? Link : isFolder ? Folder : Plain;
        return new(type | (OperatingSystem.IsWindows() ? 0 : (int)info.UnixFileMode), type == Plain ? info.Length : 0, info.LastWriteTimeUtc.Ticks);
    }
}

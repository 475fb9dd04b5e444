namespace VenvBuild.Environments;

/// <summary>
/// An empty root into which only the system's own programs are put, read-only, and small folders of memory for what is temporary: what code of
/// strangers sees of a machine. Nothing of the machine's data, settings or users is in it.
/// </summary>
internal static class BareRoot
{
    /// <summary>How much the temporary folders hold, each, in bytes.</summary>
    private const string TemporaryBytes = "268435456";

    private static readonly string[] SystemFolders = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
    private static readonly string[] SystemFiles = ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/alternatives", "/etc/localtime"];

    /// <summary>What bubblewrap is told, up to what is put into the root besides.</summary>
    /// <param name="home">The home folder there, which is empty.</param>
    public static List<string> Bubblewrap(string home)
    {
        List<string> walls = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--ro-bind", "/usr", "/usr"];
        foreach (var folder in SystemFolders.Where(Path.Exists))
            walls.AddRange(new DirectoryInfo(folder).LinkTarget is { } target ? ["--symlink", target, folder] : ["--ro-bind", folder, folder]);
        foreach (var file in SystemFiles)
            walls.AddRange(["--ro-bind-try", file, file]);
        walls.AddRange(["--proc", "/proc", "--dev", "/dev", "--size", TemporaryBytes, "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]);
        walls.AddRange(["--size", TemporaryBytes, "--tmpfs", "/tmp", "--size", TemporaryBytes, "--tmpfs", home]);
        return walls;
    }

    /// <summary>The commands of a shell that make the same root at <c>/mnt</c> in namespaces of their own.</summary>
    public static string Commands { get; } = $$"""
        mount -t tmpfs -o size=16m,mode=755 tmpfs /mnt
        cd /mnt
        mkdir -p usr proc dev/shm tmp etc old
        mount --rbind /usr usr
        mount -o remount,bind,ro usr
        for folder in {{string.Join(' ', SystemFolders)}}; do
            if [ -L $folder ]; then ln -s "$(readlink $folder)" .$folder
            elif [ -d $folder ]; then mkdir .$folder; mount --rbind $folder .$folder; mount -o remount,bind,ro .$folder; fi
        done
        for file in {{string.Join(' ', SystemFiles)}}; do
            if [ -d $file ]; then mkdir .$file; elif [ -e $file ]; then touch .$file; else continue; fi
            mount --bind $file .$file; mount -o remount,bind,ro .$file
        done
        mount -t proc proc proc
        for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
        ln -s /proc/self/fd dev/fd
        mount -t tmpfs -o size={{TemporaryBytes}},mode=1777 tmpfs dev/shm
        mount -t tmpfs -o size={{TemporaryBytes}},mode=1777 tmpfs tmp
        """;
}

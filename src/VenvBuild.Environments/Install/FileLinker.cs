using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Brings files from the store into an environment in one way, and, where the way may be chosen, finds out which works. Safe between threads.</summary>
internal sealed class FileLinker
{
    private readonly LinkMode _asked;
    private volatile LinkMode _mode;

    public FileLinker(LinkMode mode)
    {
        _asked = mode;
        _mode = mode == LinkMode.Auto ? LinkMode.Clone : mode;
    }

    /// <summary>The way that is in use by now.</summary>
    public LinkMode Mode => _mode;

    /// <summary>Why it is this way, where it might have been a better one; empty otherwise.</summary>
    public string Reason => _asked != LinkMode.Auto || _mode == LinkMode.Clone ? ""
        : _mode == LinkMode.HardLink ? ", as the file system has no clones (reflinks)"
        : ", as the cache is on another file system than the environment, or it has neither clones nor hard links";

    /// <summary>Brings one file. False when there is a file of that name already.</summary>
    public bool TryLink(string source, string target, bool isExecutable)
    {
        while (true)
        {
            var mode = _mode;
            var error = mode switch
            {
                LinkMode.Clone => NativeFiles.Clone(source, target),
                LinkMode.HardLink => NativeFiles.HardLink(source, target),
                LinkMode.Symlink => Symlink(source, target),
                _ => Copy(source, target),
            };
            if (error == 0)
            {
                if (mode is LinkMode.Clone or LinkMode.Copy)
                    GiveBackWriting(target, isExecutable);
                return true;
            }

            if (error == NativeFiles.Exists)
                return false;
            if (error == NativeFiles.NotFound)
                throw new FileNotFoundException($"'{source}' is gone from the store, or the folder of '{target}' from the environment.");
            if (mode == LinkMode.HardLink && error == NativeFiles.TooManyLinks)
            {
                if (Copy(source, target) == NativeFiles.Exists)
                    return false;
                GiveBackWriting(target, isExecutable);
                return true;
            }

            if (_asked != LinkMode.Auto)
                throw Impossible(mode, source, target, error);
            _mode = mode == LinkMode.Clone ? LinkMode.HardLink : LinkMode.Copy;
        }
    }

    private static int Symlink(string source, string target)
    {
        try
        {
            File.CreateSymbolicLink(target, source);
            return 0;
        }
        catch (IOException) when (File.Exists(target))
        {
            return NativeFiles.Exists;
        }
    }

    private static int Copy(string source, string target)
    {
        try
        {
            File.Copy(source, target);
            return 0;
        }
        catch (IOException) when (File.Exists(target))
        {
            return NativeFiles.Exists;
        }
    }

    /// <summary>The mode of a file that is the environment's own: the store's are read-only.</summary>
    public static UnixFileMode ModeOfCopy(bool isExecutable)
    {
        const UnixFileMode plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return isExecutable ? plain | execute : plain;
    }

    private static void GiveBackWriting(string path, bool isExecutable)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, ModeOfCopy(isExecutable));
    }

    private static DiagnosticException Impossible(LinkMode mode, string source, string target, int error) => new(ExitCode.Usage, Diagnostic.Error(
        EnvironmentCodes.LinkModeImpossible,
        $"'{target}' cannot be made from '{source}' by {mode.ToString().ToLowerInvariant()} (system error {error}): the file systems do not offer it there.",
        remedy: "Ask for link: auto, or put the cache and the environment on one file system."));
}

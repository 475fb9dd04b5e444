using System.Buffers;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The place of an environment and what lies beside it while one is made: the new one (<c>.tmp</c>) and, where two names cannot be
/// exchanged in one step, the old one (<c>.old</c>). A kill at any moment leaves the old or the new; the next run tidies up.
/// </summary>
internal sealed class EnvironmentFolder
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string _parent;
    private readonly string _name;

    public EnvironmentFolder(string path)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        Path = RealPathOf(full);
        _parent = System.IO.Path.GetDirectoryName(Path) ?? throw Refuse("it is the root of a disk");
        _name = System.IO.Path.GetFileName(Path);
    }

    public string Path { get; }

    /// <summary>Whether an earlier run left something to tidy up.</summary>
    public bool HasDebris => Debris().Any();

    public string NewStaging()
    {
        Directory.CreateDirectory(_parent);
        return Directory.CreateDirectory($"{Path}.{Guid.NewGuid():N}.tmp").FullName;
    }

    /// <summary>Refuses a place that holds anything but an environment.</summary>
    public void CheckPlace()
    {
        if (File.Exists(Path))
            throw Refuse("it is a file");
        if (Directory.Exists(Path) && !File.Exists(System.IO.Path.Combine(Path, "pyvenv.cfg")) && Directory.EnumerateFileSystemEntries(Path).Any())
            throw Refuse("it is a folder with other content (no pyvenv.cfg), which would be lost");
    }

    /// <summary>Puts back what a killed run set aside, and removes what it left. Only with the environment's lock held.</summary>
    public void Recover()
    {
        foreach (var left in Debris())
        {
            if (left.EndsWith(".old", StringComparison.Ordinal) && !Directory.Exists(Path) && File.Exists(System.IO.Path.Combine(left, "pyvenv.cfg")))
                Directory.Move(left, Path);
            else if (Directory.Exists(Path) || ChangeJournal.Read(left, Path) is not { } journal || journal.TryFinish())
                FolderRemoval.TryRemove(left);
        }
    }

    /// <summary>Makes the finished environment the visible one and removes the old.</summary>
    public void Publish(string staging)
    {
        if (!Directory.Exists(Path))
        {
            Directory.Move(staging, Path);
            return;
        }

        var old = staging;
        if (!NativeFiles.TryExchange(staging, Path))
        {
            old = $"{Path}.{Guid.NewGuid():N}.old";
            Directory.Move(Path, old);
            Directory.Move(staging, Path);
        }

        FolderRemoval.TryRemove(old);
    }

    /// <summary>
    /// Links are followed, also where nothing is at their end just now: a link to an environment elsewhere stays a link, and whoever names a
    /// place by whatever path comes to the same lock.
    /// </summary>
    private static string RealPathOf(string path)
    {
        try
        {
            return ExecutableStamp.RealPathOf(path);
        }
        catch (IOException)
        {
            // A circle of links is no place; whoever works there is told so by the system.
            return path;
        }
    }

    private IEnumerable<string> Debris()
    {
        if (!Directory.Exists(_parent))
            return [];
        return Directory.EnumerateDirectories(_parent, _name + ".*").Where(IsOurs);
    }

    private bool IsOurs(string path)
    {
        var tail = System.IO.Path.GetFileName(path.AsSpan())[_name.Length..];
        return tail.Length == 37 && tail[0] == '.' && tail[33..] is ".tmp" or ".old" && tail[1..33].IndexOfAnyExcept(HexDigits) < 0;
    }

    private DiagnosticException Refuse(string why) => new(ExitCode.Usage, Diagnostic.Error(
        EnvironmentCodes.NotAnEnvironment, $"'{Path}' is not replaced by an environment: {why}.",
        remedy: "Name another place with --path or environment.path, or move away what is there."));
}

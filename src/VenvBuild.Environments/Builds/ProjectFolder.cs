using System.Security.Cryptography;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>The files of a project's folder that a build can depend on: not those of version control, environments and earlier builds.</summary>
internal sealed class ProjectFolder
{
    private const int MaxFiles = 100_000;

    private static readonly HashSet<string> Passed = new(StringComparer.Ordinal)
    {
        ".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", "__pycache__", "node_modules", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".idea", ".vs", "build", "dist", "bin", "obj",
    };

    private readonly string _folder;
    private readonly List<string> _files;

    private ProjectFolder(string folder, List<string> files, Sha256Digest digest) => (_folder, _files, Digest) = (folder, files, digest);

    /// <summary>The SHA-256 over paths, execute bits and contents.</summary>
    public Sha256Digest Digest { get; }

    /// <exception cref="DiagnosticException">It cannot be read, or is too large to be one project.</exception>
    public static ProjectFolder Read(string folder, CancellationToken cancellationToken)
    {
        try
        {
            var files = new List<string>();
            Gather(folder, "", files);
            files.Sort(StringComparer.Ordinal);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var file in files)
            {
                var path = Path.Combine(folder, file);
                hash.AppendData(Encoding.UTF8.GetBytes($"{file}\0{(IsExecutable(path) ? "x" : "-")}\0{FileDigest.Of(path, cancellationToken)}\n"));
            }

            return new(folder, files, Sha256Digest.FromBytes(hash.GetHashAndReset()));
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw Fault($"The project '{folder}' cannot be read: {e.Message}");
        }
    }

    /// <summary>Copies the files, with the modes that an sdist's have.</summary>
    public void CopyTo(string target, CancellationToken cancellationToken)
    {
        foreach (var file in _files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (source, copy) = (Path.Combine(_folder, file), Path.Combine(target, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(source, copy);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(copy, UnixFileMode.UserWrite | Layer.ModeOf(IsExecutable(source)));
        }
    }

    private static void Gather(string folder, string prefix, List<string> files)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            var path = prefix + entry.Name;
            if (entry is DirectoryInfo)
            {
                // A link to a folder is not followed: it may lead anywhere, and round in a circle.
                if (entry.LinkTarget is null && !Passed.Contains(entry.Name) && !entry.Name.EndsWith(".egg-info", StringComparison.Ordinal))
                    Gather(entry.FullName, path + "/", files);
            }
            else if (File.Exists(entry.FullName))
            {
                files.Add(path);
                if (files.Count > MaxFiles)
                    throw Fault($"The project '{folder}' has more than {MaxFiles} files.");
            }
        }
    }

    private static bool IsExecutable(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;

    private static DiagnosticException Fault(string message) => new(ExitCode.BuildFailed, Diagnostic.Error(
        BuildCodes.BuildSystemFault, message, remedy: "Name the folder of one Python project, which its pyproject.toml is in."));
}

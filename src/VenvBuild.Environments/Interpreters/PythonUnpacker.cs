using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Unpacks an interpreter's archive into a folder, as suspiciously as any archive.</summary>
internal sealed class PythonUnpacker(PythonArchive archive, string folder)
{
    private const long MaxBytes = 2L << 30;
    private const string PackageRoot = "tools";

    /// <summary>Unpacks, and answers the files in order of their paths, below the archive's one folder.</summary>
    /// <exception cref="DiagnosticException">The archive is refused.</exception>
    public IReadOnlyList<(string Path, long Size, Sha256Digest Sha256)> Unpack(Stream packed, CancellationToken cancellationToken)
    {
        var rules = new ArchiveTreeRules(archive.IsPackage ? PackageRoot : "python", MaxBytes, IsSealed: true, Refuse);
        var tree = new ArchiveTree(folder, rules);
        if (archive.IsPackage)
            ZipTree.Unpack((FileStream)packed, archive.Name, tree, rules, PlaceInPackage, cancellationToken);
        else
            TarTree.Unpack(packed, tree, rules, cancellationToken);
        return tree.Files;
    }

    /// <summary>Of a NuGet package, the folder that Python is in; names are written as in URLs (Open Packaging Conventions, part names).</summary>
    private static string? PlaceInPackage(string name) =>
        name.StartsWith(PackageRoot + "/", StringComparison.Ordinal) ? Uri.UnescapeDataString(name) : null;

    private DiagnosticException Refuse(string? entry, string why) => new(ExitCode.Integrity, Diagnostic.Error(
        InterpreterCodes.ArchiveRefused,
        $"The interpreter {archive.Name} is refused{(entry is null ? "" : $" at '{ArchiveTreeRules.Shown(entry)}'")}: {why}.",
        remedy: "Do not use it: tell whoever runs the mirror, or name another in VENVBUILD_PYTHON_MIRROR."));
}

using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// A source distribution unpacked into a folder (PEP 625, PEP 721): compressed tar archives, and the zip archives of old. What would be
/// written outside, is a device, or unpacks to many times its size is refused.
/// </summary>
internal static class SdistArchive
{
    private const long MaxBytes = 4L << 30;

    /// <summary>Unpacks what is below the archive's one folder, which older tools named as they liked.</summary>
    /// <param name="archive">The sdist, from its beginning.</param>
    /// <param name="name">Its name.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">The archive is refused.</exception>
    public static void Unpack(FileStream archive, string name, string folder, CancellationToken cancellationToken)
    {
        var rules = new ArchiveTreeRules(Root: null, MaxBytes, IsSealed: false, (entry, why) => Refuse(name, entry, why));
        var tree = new ArchiveTree(folder, rules);
        if (name.EndsWith(".zip", StringComparison.Ordinal))
            ZipTree.Unpack(archive, name, tree, rules, path => path, cancellationToken);
        else
            TarTree.Unpack(archive, tree, rules, cancellationToken);
        if (tree.Files.Count == 0)
            throw Refuse(name, null, "it is empty");
    }

    private static DiagnosticException Refuse(string name, string? entry, string why) => new(ExitCode.Integrity, Diagnostic.Error(
        BuildCodes.SdistRefused,
        $"The sdist {name} is refused{(entry is null ? "" : $" at '{ArchiveTreeRules.Shown(entry)}'")}: {why}.",
        remedy: "Do not build it: tell its publisher; another version can be asked for in pyenv.yaml."));
}

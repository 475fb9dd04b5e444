using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>An interpreter that lives in the store: one that was downloaded, or that came with a bundle.</summary>
internal static class StoredInterpreter
{
    /// <summary>The parts of the store that interpreters are in. Environments lead to them by path.</summary>
    public static readonly string[] Parts = ["pythons", CarriedInterpreter.Part];

    /// <summary>Whether an executable is of an interpreter of the store.</summary>
    public static bool IsOne(string cacheFolder, string executable) =>
        Below(ManagedPythonStore.RootOf(cacheFolder), executable, depth: 1) is not null || Below(CarriedInterpreter.RootOf(cacheFolder), executable, depth: 2) is not null;

    /// <summary>Marks the interpreter of an executable as used now, and answers by what a lease names it; null where it is none of the store's.</summary>
    public static Sha256Digest? Use(string cacheFolder, string executable)
    {
        if (Below(ManagedPythonStore.RootOf(cacheFolder), executable, depth: 1) is { } managed)
        {
            UseStamp.ReadAndRenew(Path.Combine(managed, ManagedPython.ManifestName));
            return ManagedPython.Read(managed)?.Digest;
        }

        return Below(CarriedInterpreter.RootOf(cacheFolder), executable, depth: 2) is { } carried
            && UseStamp.ReadAndRenew(Path.Combine(carried, LayerManifest.FileName)) is { } bytes
            ? LayerManifest.Read(bytes, carried)?.Digest
            : null;
    }

    /// <summary>The folder so many levels below a root that a path is in; null where it is elsewhere.</summary>
    private static string? Below(string root, string path, int depth)
    {
        var parts = path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path[(root.Length + 1)..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
            : [];
        return parts.Length > depth ? Path.Combine([root, .. parts[..depth]]) : null;
    }
}

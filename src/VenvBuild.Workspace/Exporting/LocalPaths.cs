using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>The local paths of a lock, seen from another folder.</summary>
internal static class LocalPaths
{
    /// <summary>The lock with each relative path as it is written in a file of <paramref name="to"/>.</summary>
    public static LockDocument Move(LockDocument document, string from, string to) => string.Equals(from, to, StringComparison.Ordinal)
        ? document
        : document with { Packages = [.. document.Packages.Select(package => Move(package, from, to))] };

    private static LockedPackage Move(LockedPackage package, string from, string to) => package with
    {
        Directory = package.Directory is { } folder ? folder with { Path = Of(folder.Path, from, to)! } : null,
        Archive = package.Archive is { } archive ? archive with { Path = Of(archive.Path, from, to) } : null,
        Vcs = package.Vcs is { } tree ? tree with { Path = Of(tree.Path, from, to) } : null,
        Sdist = package.Sdist is { } sdist ? sdist with { Path = Of(sdist.Path, from, to) } : null,
        Wheels = [.. package.Wheels.Select(wheel => wheel with { Path = Of(wheel.Path, from, to) })],
    };

    private static string? Of(string? path, string from, string to) => path is null || Path.IsPathRooted(path)
        ? path
        : Path.GetRelativePath(to, Path.Combine(from, path)).Replace('\\', '/');
}

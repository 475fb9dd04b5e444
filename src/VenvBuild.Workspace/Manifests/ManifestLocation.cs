using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Where a manifest is and what belongs to it: <c>pyenv.yaml</c> with <c>pylock.toml</c>, <c>pyenv.NAME.yaml</c> with <c>pylock.NAME.toml</c>.</summary>
public sealed class ManifestLocation
{
    /// <summary>The name of a folder's only manifest.</summary>
    public const string DefaultFileName = "pyenv.yaml";

    private const string Prefix = "pyenv.";
    private const string Suffix = ".yaml";

    private ManifestLocation(string path, string? name)
    {
        Path = path;
        Name = name;
    }

    /// <summary>The manifest's file, absolute.</summary>
    public string Path { get; }

    /// <summary>The NAME of <c>pyenv.NAME.yaml</c>, or null for <c>pyenv.yaml</c>.</summary>
    public string? Name { get; }

    /// <summary>The manifest's folder, absolute: what relative paths in it start from.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The manifest's lock, absolute.</summary>
    public string LockPath => System.IO.Path.Combine(Folder, LockFileName.For(Name));

    /// <summary>Takes the path of a manifest, there or not.</summary>
    /// <exception cref="DiagnosticException">The file's name is none of a manifest.</exception>
    public static ManifestLocation At(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var fileName = System.IO.Path.GetFileName(full);
        if (string.Equals(fileName, DefaultFileName, StringComparison.Ordinal))
            return new(full, null);
        if (fileName.Length > Prefix.Length + Suffix.Length
            && fileName.StartsWith(Prefix, StringComparison.Ordinal) && fileName.EndsWith(Suffix, StringComparison.Ordinal)
            && fileName[Prefix.Length..^Suffix.Length] is var name && !name.Contains('.', StringComparison.Ordinal))
        {
            return new(full, name);
        }

        throw new DiagnosticException(
            ExitCode.Usage,
            Diagnostic.Error(
                ManifestCodes.BadFileName,
                $"'{fileName}' is no name of a manifest, so that there is no name for its lock.",
                new(path),
                "Name it pyenv.yaml, or pyenv.NAME.yaml with a NAME without dots."));
    }

    /// <summary>The nearest <c>pyenv.yaml</c> of a folder or one above it, or null.</summary>
    public static ManifestLocation? Find(string folder)
    {
        for (var current = System.IO.Path.GetFullPath(folder); current is not null; current = System.IO.Path.GetDirectoryName(current))
        {
            var path = System.IO.Path.Combine(current, DefaultFileName);
            if (File.Exists(path))
                return new(path, null);
        }

        return null;
    }

    /// <summary>The manifest's path.</summary>
    public override string ToString() => Path;
}

using System.Security.Cryptography;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// What the folders of projects that a manifest asks for say of themselves, as digests in the lock: a lock is stale when a project's
/// requirements change, though no word of the manifest did.
/// </summary>
internal static class ProjectFolders
{
    private const string KeyPrefix = "project-";
    private const int MaxLength = 4 << 20;

    // Which files a build may take the metadata from; what they read in turn, nobody can know.
    private static readonly string[] Files = ["pyproject.toml", "setup.cfg", "setup.py"];

    /// <summary>The lock with a note for each folder.</summary>
    public static LockDocument Note(Manifest manifest, LockDocument document)
    {
        if (document.Provenance is not { } provenance || (provenance.Notes.Count == 0 && !Of(manifest).Any()))
            return document;
        var notes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, text) in provenance.Notes.Where(note => !note.Key.StartsWith(KeyPrefix, StringComparison.Ordinal)))
            notes[key] = text;
        foreach (var (name, _, folder) in Of(manifest))
            notes[KeyPrefix + name] = DigestOf(folder);
        return document with { Provenance = provenance with { Notes = notes } };
    }

    /// <summary>What changed in the folders since the lock was made, a sentence each.</summary>
    public static IReadOnlyList<string> Changes(Manifest manifest, LockProvenance provenance)
    {
        var changes = new List<string>();
        foreach (var (name, written, folder) in Of(manifest))
        {
            var noted = provenance.Notes.GetValueOrDefault(KeyPrefix + name);
            if (noted is null)
                changes.Add($"the lock does not say what the project '{written}' stated when it was made");
            else if (noted != DigestOf(folder))
                changes.Add($"the project '{written}' states other metadata than when the lock was made");
        }

        return changes;
    }

    private static IEnumerable<(PackageName Name, string Written, string Folder)> Of(Manifest manifest) => manifest.Requirements
        .Concat(manifest.Overrides)
        .Concat(manifest.Groups.SelectMany(group => group.Requirements))
        .Where(requirement => requirement.Address is { IsFile: true } address && Directory.Exists(address.LocalPath))
        .Select(requirement => (requirement.Requirement.Name, Credentials.Strip(requirement.Requirement.Url!), requirement.Address!.LocalPath))
        .DistinctBy(project => project.Name);

    /// <summary>The digest of the metadata, where the project file states them; else of the files that a build takes them from.</summary>
    private static string DigestOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Files.Select(file => (Name: file, Content: ContentOf(Path.Combine(folder, file)))).Where(file => file.Content is not null).ToList();
        if (files is [{ Name: "pyproject.toml" } project, ..] && Stated(project.Content!) is { } stated)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(stated));
        }
        else
        {
            foreach (var (name, content) in files)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{name} {content!.Length}\n"));
                hash.AppendData(content);
            }
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? Stated(byte[] project)
    {
        try
        {
            if (ProjectTable.Read(project, out _) is not { } metadata)
                return null;
            var text = new StringBuilder();
            text.Append("name: ").Append(metadata.Name).Append("\nversion: ").Append(metadata.Version).Append("\nrequires-python: ").Append(metadata.RequiresPython).Append('\n');
            foreach (var line in metadata.RequiresDist.Select(requirement => requirement.ToString()).Order(StringComparer.Ordinal))
                text.Append("requires: ").Append(line).Append('\n');
            foreach (var extra in metadata.ProvidesExtra.Select(extra => extra.Value).Order(StringComparer.Ordinal))
                text.Append("extra: ").Append(extra).Append('\n');
            return text.ToString();
        }
        catch (PackagingFormatException)
        {
            // What cannot be read is another text than what could; a lock says what is wrong with it.
            return null;
        }
    }

    private static byte[]? ContentOf(string path)
    {
        try
        {
            var info = new FileInfo(path);
            return !info.Exists || info.Length > MaxLength ? null : File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

using System.Text;

namespace VenvBuild.Packaging;

/// <summary>
/// Writes lock files (PEP 751), deterministic to the byte: UTF-8 without a mark, LF, keys in a fixed order, packages by name, version and
/// marker, wheels by file name and one a line, so that a change of one pin is a change of few lines. Credentials in addresses are left out.
/// </summary>
public static class LockWriter
{
    /// <summary>The lock as bytes.</summary>
    public static byte[] Write(LockDocument document) => Encoding.UTF8.GetBytes(WriteText(document));

    /// <summary>The lock as text.</summary>
    public static string WriteText(LockDocument document)
    {
        var toml = new TomlText();
        toml.Key("lock-version", document.LockVersion);
        if (document.Environments is { } environments)
            toml.Lines("environments", environments.Select(marker => TomlText.Quote(marker.ToString())));
        if (document.RequiresPython is { } python)
            toml.Key("requires-python", python.ToString());
        if (document.Extras is { } extras)
            toml.Line("extras", extras.Select(extra => TomlText.Quote(extra.Value)).Order(StringComparer.Ordinal));
        if (document.DependencyGroups is { } groups)
            toml.Line("dependency-groups", groups.Select(TomlText.Quote).Order(StringComparer.Ordinal));
        if (document.DefaultGroups.Count > 0)
            toml.Line("default-groups", document.DefaultGroups.Select(TomlText.Quote).Order(StringComparer.Ordinal));
        toml.Key("created-by", document.CreatedBy);
        if (document.Packages.Count == 0)
            toml.Line("packages", []);
        foreach (var package in Sorted(document.Packages))
            Write(toml, package);
        if (document.Tool is { } tools)
        {
            foreach (var (name, table) in tools.Members)
            {
                toml.Header($"tool.{TomlText.KeyText(name)}");
                foreach (var (key, value) in table.Members)
                    toml.Raw(key, TomlText.Inline(value));
            }
        }

        if (document.Provenance is { } provenance)
            Write(toml, provenance);
        return toml.ToString();
    }

    private static LockedPackage[] Sorted(IReadOnlyList<LockedPackage> packages)
    {
        var sorted = packages.ToArray();
        Array.Sort(sorted, static (left, right) =>
        {
            var order = left.Name.CompareTo(right.Name);
            if (order == 0)
                order = Comparer<PackageVersion?>.Default.Compare(left.Version, right.Version);
            return order != 0 ? order : string.CompareOrdinal(left.Marker?.ToString(), right.Marker?.ToString());
        });
        return sorted;
    }

    private static void Write(TomlText toml, LockedPackage package)
    {
        toml.Header("packages", isArray: true);
        toml.Key("name", package.Name.Value);
        if (package.Version is { } version)
            toml.Key("version", version.ToString());
        if (package.Marker is { } marker)
            toml.Key("marker", marker.ToString());
        if (package.RequiresPython is { } python)
            toml.Key("requires-python", python.ToString());
        if (package.Dependencies is { } dependencies)
            toml.Lines("dependencies", dependencies.Select(Inline).Order(StringComparer.Ordinal));
        if (package.Index is { } index)
            toml.Key("index", Address(index));
        if (package.Vcs is { } vcs)
            toml.Raw("vcs", Inline(vcs));
        if (package.Directory is { } directory)
            toml.Raw("directory", Inline(directory));
        if (package.Archive is { } archive)
            toml.Raw("archive", Inline(archive));
        if (package.Sdist is { } sdist)
            toml.Raw("sdist", Inline(sdist));
        if (package.Wheels.Count > 0)
            toml.Lines("wheels", package.Wheels.OrderBy(wheel => wheel.Name, StringComparer.Ordinal).Select(Inline), oneALine: true);
        if (package.AttestationIdentities.Count > 0)
            toml.Lines("attestation-identities", package.AttestationIdentities.Select(TomlText.Inline), oneALine: true);
        if (package.Tool is { } tool)
            toml.Raw("tool", TomlText.Inline(tool));
    }

    private static void Write(TomlText toml, LockProvenance provenance)
    {
        toml.Header($"tool.{LockProvenanceReader.Table}");
        toml.Key(LockProvenanceReader.DigestKey, provenance.RequestDigest);
        toml.Lines(LockProvenanceReader.RequestsKey, provenance.Requests.Select(TomlText.Quote), oneALine: true);
        foreach (var (key, text) in provenance.Notes.OrderBy(note => note.Key, StringComparer.Ordinal))
            toml.Key(key, text);
    }

    private static string Inline(LockedReference reference) => new TomlInline()
        .Add("name", reference.Name.Value)
        .Add("version", reference.Version?.ToString())
        .Add("marker", reference.Marker?.ToString())
        .AddAll(reference.Other)
        .Close();

    private static string Inline(LockedVcs vcs) => new TomlInline()
        .Add("type", vcs.Type)
        .Add("url", vcs.Url is null ? null : WithoutCredentials(vcs.Url))
        .Add("path", vcs.Path)
        .Add("requested-revision", vcs.RequestedRevision)
        .Add("commit-id", vcs.CommitId)
        .Add("subdirectory", vcs.Subdirectory)
        .Close();

    private static string Inline(LockedDirectory directory) => new TomlInline()
        .Add("path", directory.Path)
        .AddRaw("editable", directory.IsEditable ? "true" : null)
        .Add("subdirectory", directory.Subdirectory)
        .Close();

    private static string Inline(LockedArchive archive) => new TomlInline()
        .Add("url", archive.Url is null ? null : Address(archive.Url))
        .Add("path", archive.Path)
        .AddRaw("size", TomlText.Number(archive.Size))
        .AddRaw("upload-time", TomlText.Time(archive.UploadTime))
        .AddRaw("hashes", Inline(archive.Hashes))
        .Add("subdirectory", archive.Subdirectory)
        .Close();

    private static string Inline(LockedFile file) => new TomlInline()
        // The name is written only where the address does not give it, as the specification asks.
        .Add("name", string.Equals(LockedFile.NameOf(file.Path, file.Url), file.Name, StringComparison.Ordinal) ? null : file.Name)
        .AddRaw("upload-time", TomlText.Time(file.UploadTime))
        .Add("url", file.Url is null ? null : Address(file.Url))
        .Add("path", file.Path)
        .AddRaw("size", TomlText.Number(file.Size))
        .AddRaw("hashes", Inline(file.Hashes))
        .Close();

    private static string Inline(LockedHashes hashes)
    {
        var table = new TomlInline();
        foreach (var (algorithm, digest) in hashes.Digests)
            table.Add(algorithm, digest);
        return table.Close();
    }

    private static string Address(Uri url) => url.UserInfo.Length == 0 ? url.OriginalString : WithoutCredentials(url.OriginalString);

    /// <summary>The address without <c>user:password@</c>. A user alone stays where it is no secret but a part of the address (ssh).</summary>
    private static string WithoutCredentials(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3)
            return url;
        var end = url.AsSpan(start).IndexOfAny('/', '?', '#') is var length and >= 0 ? start + length : url.Length;
        var at = url.AsSpan(start, end - start).LastIndexOf('@');
        if (at < 0 || (url.Contains("ssh://", StringComparison.Ordinal) && !url.AsSpan(start, at).Contains(':')))
            return url;
        return string.Concat(url.AsSpan(0, start), url.AsSpan(start + at + 1));
    }
}

using VenvBuild.Index;

namespace VenvBuild.Workspace;

/// <summary>Opens the indexes and folders that a manifest names, or this run's mirror in the indexes' place.</summary>
internal static class ManifestIndexes
{
    /// <summary>Opens them; what only a build can tell is built, where the manifest allows it.</summary>
    public static PackageIndex Open(WorkspaceContext context, Manifest manifest, DateTimeOffset now) =>
        new(Settings(context, manifest, now) with { SdistMetadata = new ManifestBuilds(context, manifest) });

    public static IndexOptions Settings(WorkspaceContext context, Manifest manifest, DateTimeOffset now) => new()
    {
        Indexes = context.IndexUrl is { } mirror ? [new("mirror", mirror)] : [.. manifest.Indexes.Select(Locate)],
        FindLinks = [.. manifest.FindLinks.Select(links => FindLinks.Parse(links.Url.OriginalString, manifest.Location.Folder))],
        Strategy = manifest.IndexStrategy,
        Offline = context.IsOffline,
        ExcludeNewer = manifest.ExcludeNewer?.Cutoff(now),
        ExcludeNewerOf = manifest.ExcludeNewerOf.ToDictionary(own => own.Key, own => own.Value?.Cutoff(now)),
        Addresses = Addresses(manifest),
        Cache = CacheFolder.Default(),
        Report = context.Diagnostics is { } diagnostics ? diagnostics.Report : null,
    };

    private static Dictionary<string, Uri> Addresses(Manifest manifest)
    {
        var addresses = new Dictionary<string, Uri>(StringComparer.Ordinal);
        var asked = manifest.Requirements.Concat(manifest.Overrides).Concat(manifest.Groups.SelectMany(group => group.Requirements));
        foreach (var requirement in asked)
        {
            // Of two spellings that differ in their credentials only, the first ones count.
            if (requirement.Address is { } address)
                addresses.TryAdd(RequirementAddress.WithoutCredentials(requirement.Requirement).Url!, address);
        }

        return addresses;
    }

    private static IndexLocation Locate(ManifestIndex index) => new(index.Name, index.Url, [.. index.Packages.Select(NamePattern.Parse)]);
}

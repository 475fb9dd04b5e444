using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>The pins of a lock (PEP 751) as requests for exactly these versions.</summary>
internal static class PinnedRequests
{
    private static readonly HashSet<ExtraName> NoNames = [];

    public static TakenRequests Of(LockDocument document)
    {
        var taken = new TakenRequests { Python = document.RequiresPython?.ToString() };
        foreach (var group in document.DependencyGroups ?? [])
            taken.Group(ExtraName.Parse(group));
        taken.DefaultGroups.AddRange(document.DefaultGroups);
        foreach (var package in document.Packages)
        {
            if (Name(package) is not { } name)
            {
                taken.LeftOut.Add($"{package.Name}: it comes from a source tree");
                continue;
            }

            // Without extras and groups, then what each group has besides.
            var marker = package.Marker is { } written ? MarkerSet.Of(written) : MarkerSet.All;
            var always = marker.AssumeAsked(NoNames, NoNames);
            if (!always.IsEmpty)
                taken.Requirements.Add(Request(name, package.Archive is not null, marker.Equals(always) ? package.Marker : always.ToMarker()));
            var isTaken = !always.IsEmpty;
            foreach (var group in taken.Groups)
            {
                var asked = marker.AssumeAsked(NoNames, new HashSet<ExtraName> { group.Name });
                if (asked.Except(always).IsEmpty)
                    continue;
                group.Items.Add(Request(name, package.Archive is not null, asked.ToMarker()));
                isTaken = true;
            }

            if (!isTaken)
                taken.LeftOut.Add($"{package.Name}: it belongs to an extra, or to several groups together, '{package.Marker}'");
        }

        foreach (var index in document.Packages.Select(package => package.Index).OfType<Uri>().Distinct())
            taken.AddIndex(null, index.AbsoluteUri, "index");
        if (taken.Indexes is ["pypi"])
            taken.Indexes.Clear();
        return taken;
    }

    /// <summary>What is asked for; null for what only a build can tell.</summary>
    private static string? Name(LockedPackage package)
    {
        if (package.Archive?.Url is { } url)
            return $"{package.Name} @ {Credentials.Strip(url.OriginalString)}";
        return package is { Version: { } version, Archive: null, Vcs: null, Directory: null } ? $"{package.Name}=={version}" : null;
    }

    private static string Request(string name, bool isByAddress, Marker? marker) => marker is null ? name : $"{name}{(isByAddress ? " ; " : "; ")}{marker}";
}

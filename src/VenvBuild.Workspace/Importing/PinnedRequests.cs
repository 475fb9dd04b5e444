using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>The pins of a lock (PEP 751) as requests for exactly these versions.</summary>
internal static class PinnedRequests
{
    public static TakenRequests Of(LockDocument document)
    {
        var taken = new TakenRequests { Python = document.RequiresPython?.ToString() };
        foreach (var package in document.Packages)
        {
            var marker = package.Marker is { } written ? $"; {written}" : "";
            if (marker.Contains("dependency_groups", StringComparison.Ordinal) || marker.Contains("extras", StringComparison.Ordinal))
                taken.LeftOut.Add($"{package.Name}: it belongs to an extra or a group, '{package.Marker}'");
            else if (package.Version is { } version && package.Archive is null && package.Vcs is null && package.Directory is null)
                taken.Requirements.Add($"{package.Name}=={version}{marker}");
            else if (package.Archive?.Url is { } url)
                taken.Requirements.Add($"{package.Name} @ {Credentials.Strip(url.OriginalString)}{(marker.Length == 0 ? "" : " " + marker)}");
            else
                taken.LeftOut.Add($"{package.Name}: it comes from a source tree");
        }

        foreach (var index in document.Packages.Select(package => package.Index).OfType<Uri>().Distinct())
            taken.AddIndex(null, index.AbsoluteUri, "index");
        if (taken.Indexes is ["pypi"])
            taken.Indexes.Clear();
        return taken;
    }
}

using System.Diagnostics;
using System.Text;
using NuGet.Versioning;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>A workload of the slice in one mode, solved by both, and what is different.</summary>
internal sealed class WorkloadRun(WorkloadSlice slice, string workload, WorkloadMode mode, bool withSdists)
{
    private readonly string[] _requests = [.. File.ReadLines(Path.Combine(Require.Slice(), "workloads", workload + ".in"))
        .Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)];

    /// <summary>Lines about the differences; faults begin with <c>WRONG</c>.</summary>
    public async Task<IReadOnlyList<string>> CompareAsync(CancellationToken cancellationToken)
    {
        var title = $"{workload} {mode.Name}{(withSdists ? " with sdists" : "")}";
        var manifest = ReadManifest();
        var (ours, refusal) = await SolveAsync(manifest, cancellationToken);
        var (theirs, complaint) = await AskUvAsync(cancellationToken);
        if (ours is null && theirs is null)
            return [$"{title}: both refuse"];
        if (theirs is null)
            return [$"WRONG {title}: refused by uv: {complaint}"];
        if (ours is null)
        {
            var reason = await RefusalReasonAsync(manifest, theirs, cancellationToken);
            return [reason is null ? $"WRONG {title}: refused here: {refusal}" : $"{title}: refused here: {reason}"];
        }

        var lines = new List<string>();
        if (await ProveAsync(manifest, ours, cancellationToken) is { Count: > 0 } findings)
            lines.AddRange(findings.Select(finding => $"WRONG {title}: not proven: {finding.ToDiagnostic()}"));
        var differences = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var served in manifest.Targets)
        {
            foreach (var difference in await CompareAsync(served, ours, theirs, cancellationToken))
            {
                if (!differences.TryGetValue(difference, out var where))
                    differences.Add(difference, where = []);
                where.Add($"{served.Target.Platform.RuntimeIdentifier} {served.Target.Python}");
            }
        }

        lines.AddRange(differences.Select(difference => difference.Key.StartsWith("WRONG ", StringComparison.Ordinal)
            ? $"WRONG {title}: {difference.Key[6..]} ({Shown(difference.Value, manifest)})"
            : $"{title}: {difference.Key} ({Shown(difference.Value, manifest)})"));
        return lines;
    }

    private static string Shown(List<string> where, Manifest manifest) => where.Count == manifest.Targets.Count ? "everywhere" : string.Join(", ", where);

    private Manifest ReadManifest()
    {
        var yaml = new StringBuilder($"python: \"{mode.Python}\"\nplatforms: [{mode.Platforms}]\nindexes: [{{name: slice, url: \"{slice.Index}\"}}]\n")
            .Append(mode.More)
            .Append(withSdists ? "sdists: allow\n" : "")
            .Append("requirements:\n");
        foreach (var request in _requests)
            yaml.Append("  - '").Append(request.Replace("'", "''", StringComparison.Ordinal)).Append("'\n");
        return Manifest.Parse(Encoding.UTF8.GetBytes(yaml.ToString()), ManifestLocation.At(Path.Combine(slice.Folder, "pyenv.yaml")), "pyenv.yaml", NuGetVersion.Parse("0.1.0"));
    }

    private PackageIndex Open(Manifest manifest) => new(new()
    {
        Indexes = [new("slice", slice.Index)],
        ExcludeNewer = manifest.ExcludeNewer?.Cutoff(DateTimeOffset.UtcNow),
        Cache = new CacheFolder(Path.Combine(slice.Folder, "cache")),
        SdistMetadata = new ManifestBuilds(Context, manifest),
    });

    private WorkspaceContext Context => new() { WorkingDirectory = slice.Folder, ToolVersion = "0.1.0" };

    private async Task<(LockDocument? Lock, string Refusal)> SolveAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        await using var index = Open(manifest);
        try
        {
            return (await new LockSolve(manifest, index, LockSolve.RelativeTo(manifest.Location.LockPath)).RunAsync(null, new(), cancellationToken), "");
        }
        catch (DiagnosticException refusal) when (refusal.ExitCode == ExitCode.Unsatisfiable || withSdists)
        {
            return (null, refusal.Diagnostics[0].Message.ReplaceLineEndings(" "));
        }
    }

    private async Task<IReadOnlyList<LockFinding>> ProveAsync(Manifest manifest, LockDocument document, CancellationToken cancellationToken)
    {
        await using var index = Open(manifest);
        var read = LockReader.Read(LockWriter.Write(document), manifest.Location.LockPath).Document;
        return (await LockVerification.ProveAsync(Context, manifest, read, manifest.Location.LockPath, new(), index, null, cancellationToken)).Findings;
    }

    private async Task<(LockDocument? Lock, string Complaint)> AskUvAsync(CancellationToken cancellationToken)
    {
        var stem = Path.Combine(slice.Folder, Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(stem);
        var (input, output) = (Path.Combine(stem, "requirements.in"), Path.Combine(stem, "pylock.toml"));
        await File.WriteAllLinesAsync(input, _requests, cancellationToken);
        string[] kinds = withSdists ? [] : ["--only-binary", ":all:"];
        var start = new ProcessStartInfo(
            slice.Peers.Uv,
            ["pip", "compile", "--quiet", "--format", "pylock.toml", "--index-url", slice.Index.AbsoluteUri, .. kinds, .. mode.Uv, "-o", output, input])
        {
            RedirectStandardError = true,
        };
        foreach (var (name, value) in SlicePeers.Environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        start.Environment["UV_CACHE_DIR"] = Path.Combine(slice.Folder, "uv-cache");
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode != 0 ? (null, error.ReplaceLineEndings(" ")) : ((await LockReader.LoadAsync(output, cancellationToken)).Document, "");
    }

    private async Task<List<string>> CompareAsync(ManifestTarget served, LockDocument ours, LockDocument theirs, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        var machine = served.Target.ToMarkerEnvironment(served.Versions.LowerBound ?? served.Target.Python.FirstRelease);
        if (ours.Environments?.Any(marker => marker.Evaluate(machine)) == false)
            return served.IsRequired ? ["WRONG not served here"] : ["not served here"];
        var (own, other) = (VersionsOn(machine, ours), VersionsOn(machine, theirs));
        foreach (var request in _requests.Select(Requirement.Parse).Where(request => request.Marker?.Evaluate(machine) != false))
        {
            if (!own.TryGetValue(request.Name, out var version) || !other.TryGetValue(request.Name, out var peer) || version.Equals(peer))
                continue;
            var isWorse = mode.IsLowest ? version > peer : version < peer;
            if (!isWorse)
                continue;
            // What uv pins and cannot install here is no better answer.
            var reason = await ReasonAsync(request.Name, peer, served, cancellationToken);
            differences.Add(reason is null ? $"WRONG {request.Name} is {version}, by uv {peer}" : $"{request.Name} is {version}, by uv {peer}: {reason}");
        }

        foreach (var name in own.Keys.Union(other.Keys).Order().Where(name => !_requests.Select(Requirement.Parse).Any(request => request.Name == name)))
        {
            var (version, peer) = (own.GetValueOrDefault(name), other.GetValueOrDefault(name));
            if (Equals(version, peer))
                continue;
            var reason = peer is null ? "uv's answer does not need it" : version is null ? "it is not needed here" : await ReasonAsync(name, peer, served, cancellationToken) ?? "by the other pins";
            differences.Add($"{name} is {version?.ToString() ?? "not there"}, by uv {peer?.ToString() ?? "not there"}: {reason}");
        }

        return differences;
    }

    private static Dictionary<PackageName, PackageVersion> VersionsOn(MarkerEnvironment machine, LockDocument document) => document.Packages
        .Where(pin => pin.Marker?.Evaluate(machine) != false)
        .ToDictionary(pin => pin.Name, pin => pin.Version!);

    /// <summary>What keeps uv's answer from serving what the manifest declares, or null: uv asks of a release that it has some wheel for some platform.</summary>
    private async Task<string?> RefusalReasonAsync(Manifest manifest, LockDocument theirs, CancellationToken cancellationToken)
    {
        var reasons = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var served in manifest.Targets.Where(served => served.IsRequired))
        {
            var machine = served.Target.ToMarkerEnvironment(served.Versions.LowerBound ?? served.Target.Python.FirstRelease);
            foreach (var (name, version) in VersionsOn(machine, theirs))
            {
                var release = (await slice.Everything.GetReleasesAsync(name, cancellationToken)).Releases.First(release => release.Version.Equals(version));
                var (hasWheel, hasSource) = (release.Files.Any(file => file.Wheel is not null), release.Files.Any(file => file.Sdist is not null));
                if (!release.Files.Any(file => file.Wheel is { } wheel && served.Target.Tags.Rank(wheel) is not null) && !(withSdists && hasSource))
                    reasons.Add($"uv's {name} {version} has no file for {served.Target.Platform.RuntimeIdentifier} {served.Target.Python}");
                else if (!hasWheel && (await slice.Everything.GetMetadataAsync(release, cancellationToken)).Metadata is null)
                    reasons.Add($"{name} {version} must be built before it says what it needs and does not build with the slice's wheels and the manifest's oldest Python");
            }
        }

        return reasons.Count == 0 ? null : string.Join("; ", reasons);
    }

    /// <summary>Why uv's version cannot be had on a target, or null.</summary>
    private async Task<string?> ReasonAsync(PackageName name, PackageVersion version, ManifestTarget served, CancellationToken cancellationToken)
    {
        var list = await slice.Everything.GetReleasesAsync(name, cancellationToken);
        if (list.Releases.FirstOrDefault(release => release.Version.Equals(version)) is not { } release)
            return "no longer listed";
        var fitting = release.Files.Where(file => file.Wheel is { } wheel && served.Target.Tags.Rank(wheel) is not null).ToList();
        if (fitting.Count == 0 && !(withSdists && release.Files.Any(file => file.Sdist is not null)))
            return "uv's has no wheel here";
        var answer = await slice.Everything.GetMetadataAsync(release, cancellationToken);
        return answer.Metadata?.RequiresPython is { } python && !served.Versions.IsSubsetOf(python.Set.Hull()) ? $"uv's needs Python {python}" : null;
    }
}

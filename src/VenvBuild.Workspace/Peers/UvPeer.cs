using System.Globalization;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>uv: one run, <c>uv pip compile --universal</c>, whose pylock.toml says for which environments each version is.</summary>
internal sealed class UvPeer : IPeer
{
    /// <inheritdoc/>
    public string Name => "uv";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PeerPin>> AskAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        var arguments = await ArgumentsAsync(request, cancellationToken).ConfigureAwait(false);
        var output = Path.Combine(request.Folder, "pylock.toml");
        var (exitCode, _, error) = await PeerProcess
            .RunAsync(Name, PeerProcess.Program(Name, "uv"), [.. arguments, "--output-file", output], Variables(request), request.Folder, cancellationToken)
            .ConfigureAwait(false);
        if (exitCode != 0 || !File.Exists(output))
            throw PeerRefusal.Of(Name, error);
        LockReading reading;
        try
        {
            reading = await LockReader.LoadAsync(output, cancellationToken).ConfigureAwait(false);
        }
        catch (DiagnosticException unreadable)
        {
            throw new DiagnosticException(ExitCode.CheckFailed, Diagnostic.Error(
                WorkspaceCodes.PeerAnswerRefused, $"What {Name} answers cannot be read; no lock was written.", remedy: "Leave out --resolver, or use another version of it.", detail: unreadable.Diagnostics[0].Message), unreadable);
        }

        return
        [
            .. reading.Document.Packages.Where(pin => pin.Version is not null)
                .Select(pin => new PeerPin(pin.Name, pin.Version!, MarkerSet.OfOptional(pin.Marker))),
        ];
    }

    private static async Task<List<string>> ArgumentsAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        var manifest = request.Manifest;
        List<string> arguments =
        [
            "pip", "compile", "--quiet", "--universal", "--no-header", "--format", "pylock.toml",
            "--python-version", LowestOf(manifest),
            "--resolution", manifest.Resolution switch { ResolutionMode.Lowest => "lowest", ResolutionMode.LowestDirect => "lowest-direct", _ => "highest" },
            "--prerelease", manifest.PreReleases switch { PrereleaseMode.Allow => "allow", PrereleaseMode.Disallow => "disallow", _ => "if-necessary-or-explicit" },
            "--index-strategy", manifest.IndexStrategy == IndexStrategy.BestMatch ? "unsafe-best-match" : "first-index",
        ];
        if (manifest.Sdists is { AllowsAll: false, Names.Count: 0 })
            arguments.AddRange(["--only-binary", ":all:"]);
        if (manifest.ExcludeNewer is { } newer)
            arguments.AddRange(["--exclude-newer", newer.Cutoff(DateTimeOffset.UtcNow).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)]);
        if (request.Context.IsOffline)
            arguments.Add("--offline");
        foreach (var links in manifest.FindLinks)
            arguments.AddRange(["--find-links", links.Url.IsFile ? links.Url.LocalPath : links.Url.OriginalString]);
        await AddFileAsync("--constraints", "constraints.txt", manifest.Constraints.Select(entry => entry.Requirement.ToString())).ConfigureAwait(false);
        await AddFileAsync("--overrides", "overrides.txt", manifest.Overrides.Select(entry => entry.Requirement.ToString())).ConfigureAwait(false);
        await AddFileAsync("--excludes", "excludes.txt", manifest.Exclude.Select(name => name.Value)).ConfigureAwait(false);
        arguments.Add(await request.WriteAsync("requirements.in", request.Requirements, cancellationToken).ConfigureAwait(false));
        return arguments;

        async Task AddFileAsync(string option, string name, IEnumerable<string> lines)
        {
            var all = lines.ToList();
            if (all.Count > 0)
                arguments.AddRange([option, await request.WriteAsync(name, all, cancellationToken).ConfigureAwait(false)]);
        }
    }

    /// <summary>The lowest Python that is asked for: uv's universal answers are for it and all that are newer.</summary>
    private static string LowestOf(Manifest manifest) =>
        manifest.ServedPythons[0] is var lowest && lowest.Versions.LowerBound is { } bound && bound.Release.Count > 2
            ? bound.ToString()
            : lowest.Minor.ToString();

    private static Dictionary<string, string?> Variables(PeerRequest request) => new(StringComparer.Ordinal)
    {
        ["UV_NO_CONFIG"] = "1",
        ["UV_PYTHON_DOWNLOADS"] = "never",
        ["UV_DEFAULT_INDEX"] = request.Indexes.Count == 0 ? null : request.Indexes[^1],
        ["UV_INDEX"] = request.Indexes.Count < 2 ? null : string.Join(' ', request.Indexes.SkipLast(1)),
        ["VIRTUAL_ENV"] = null,
        ["CONDA_PREFIX"] = null,
    };
}

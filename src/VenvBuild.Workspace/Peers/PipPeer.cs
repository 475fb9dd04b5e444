using System.Globalization;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// pip: a dry run for each environment. pip judges markers by the machine it runs on, also when it is told of another, so it is asked again
/// for what an environment turns out to lack; what it answers in excess is left out.
/// </summary>
internal sealed class PipPeer(Func<ResolutionEnvironment, IReadOnlyDictionary<PackageName, PackageVersion>, CancellationToken, Task<IReadOnlyList<Requirement>>> lacking) : IPeer
{
    // Each round answers what the one before turned out to lack; real lists need two.
    private const int MaxRounds = 12;

    /// <inheritdoc/>
    public string Name => "pip";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PeerPin>> AskAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        Refuse(request.Manifest);
        var pins = new List<PeerPin>();
        for (var i = 0; i < request.Environments.Count; i++)
        {
            var environment = request.Environments[i];
            request.Context.Progress?.Report($"pip solves for {environment.Label}");
            try
            {
                var versions = await AskAsync(request, environment, i, cancellationToken).ConfigureAwait(false);
                pins.AddRange(versions.Select(version => new PeerPin(version.Key, version.Value, environment.Region)));
            }
            catch (DiagnosticException refusal) when (!environment.IsRequired && refusal.ExitCode == ExitCode.Unsatisfiable)
            {
                request.Context.Report(Diagnostic.Warning(
                    WorkspaceCodes.PeerRefused, $"pip finds no answer for {environment.Label}, which is left out of the lock.", remedy: "Give 'python' an upper bound to say that it need not be served."));
            }
        }

        return pins;
    }

    /// <summary>What pip has no words for is refused rather than left out.</summary>
    private static void Refuse(Manifest manifest)
    {
        var unknown = new List<string>();
        if (manifest.Resolution != ResolutionMode.Highest)
            unknown.Add("resolution");
        if (manifest.Overrides.Count > 0)
            unknown.Add("overrides");
        if (manifest.Exclude.Count > 0)
            unknown.Add("exclude");
        if (unknown.Count > 0)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption,
                $"pip cannot do what the manifest asks for under {string.Join(" and ", unknown.Select(key => $"'{key}'"))}.",
                new(manifest.Location.Path),
                "Use --resolver uv, or leave it out."));
        }
    }

    private async Task<Dictionary<PackageName, PackageVersion>> AskAsync(PeerRequest request, ResolutionEnvironment environment, int number, CancellationToken cancellationToken)
    {
        var more = new List<string>();
        var folder = Directory.CreateDirectory(Path.Combine(request.Folder, number.ToString(CultureInfo.InvariantCulture))).FullName;
        for (var round = 0; round < MaxRounds; round++)
        {
            var versions = await RunAsync(request, environment, folder, more, cancellationToken).ConfigureAwait(false);
            var lacked = await lacking(environment, versions, cancellationToken).ConfigureAwait(false);
            var before = more.Count;
            more.AddRange(lacked.Select(WithoutMarker).Where(text => !more.Contains(text, StringComparer.Ordinal)));
            if (more.Count == before)
                return versions;
        }

        throw PeerRefusal.Of(Name, "What it lacks for the markers of this target has no end.", environment.Label);
    }

    private async Task<Dictionary<PackageName, PackageVersion>> RunAsync(
        PeerRequest request, ResolutionEnvironment environment, string folder, List<string> more, CancellationToken cancellationToken)
    {
        var manifest = request.Manifest;
        var own = manifest.Requirements.Concat(manifest.Groups.SelectMany(group => group.Requirements)).Select(entry => entry.Requirement)
            .Where(requirement => requirement.Marker?.Evaluate(environment.Representative) != false)
            .Select(WithoutMarker);
        var list = Path.Combine(folder, "requirements.txt");
        await File.WriteAllLinesAsync(list, own.Concat(more).Distinct(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false);
        var report = Path.Combine(folder, "report.json");
        var target = environment.Targets[0];
        List<string> arguments =
        [
            "install", "--isolated", "--dry-run", "--ignore-installed", "--quiet", "--no-input", "--disable-pip-version-check",
            "--report", report, "--target", Path.Combine(folder, "target"),
            "--python-version", environment.Representative.PythonFullVersion, "--implementation", "cp", "--only-binary", ":all:",
            .. target.Platform.WheelTags.SelectMany(tag => new[] { "--platform", tag }),
            "-r", list,
        ];
        if (manifest.Constraints.Count > 0)
        {
            var constraints = Path.Combine(folder, "constraints.txt");
            await File.WriteAllLinesAsync(constraints, manifest.Constraints.Select(entry => entry.Requirement.ToString()), cancellationToken).ConfigureAwait(false);
            arguments.AddRange(["-c", constraints]);
        }

        if (manifest.PreReleases == PrereleaseMode.Allow)
            arguments.Add("--pre");
        if (manifest.ExcludeNewer is { } newer)
            arguments.AddRange(["--uploaded-prior-to", newer.Cutoff(DateTimeOffset.UtcNow).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)]);
        foreach (var links in manifest.FindLinks)
            arguments.AddRange(["--find-links", links.Url.IsFile ? links.Url.LocalPath : links.Url.OriginalString]);
        arguments.AddRange(await IndexesAsync(request, folder, cancellationToken).ConfigureAwait(false));
        var (exitCode, _, error) = await PeerProcess
            .RunAsync(Name, PeerProcess.Program(Name, "pip"), arguments, Variables, folder, cancellationToken)
            .ConfigureAwait(false);
        return exitCode == 0 && File.Exists(report)
            ? PipReport.Read(await File.ReadAllBytesAsync(report, cancellationToken).ConfigureAwait(false))
            : throw PeerRefusal.Of(Name, error, environment.Label);
    }

    /// <summary>The indexes in a file of requirements, which may hold credentials: arguments can be read by others, and --isolated drops variables.</summary>
    private static async Task<IReadOnlyList<string>> IndexesAsync(PeerRequest request, string folder, CancellationToken cancellationToken)
    {
        if (request.Indexes.Count == 0)
            return ["--no-index"];
        var path = Path.Combine(folder, "indexes.txt");
        await File.WriteAllLinesAsync(path, request.Indexes.Select((index, i) => (i == 0 ? "--index-url " : "--extra-index-url ") + index), cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return ["-r", path];
    }

    private static Dictionary<string, string?> Variables { get; } = new(StringComparer.Ordinal)
    {
        ["PIP_CONFIG_FILE"] = OperatingSystem.IsWindows() ? "nul" : "/dev/null",
        ["PYTHONPATH"] = null,
        ["PYTHONHOME"] = null,
    };

    private static string WithoutMarker(Requirement requirement) => new Requirement
    {
        Name = requirement.Name,
        Extras = requirement.Extras,
        Specifiers = requirement.Specifiers,
        Url = requirement.Url,
    }.ToString();
}

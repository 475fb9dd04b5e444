using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>build</c>: makes environments for declared platforms and Pythons, whatever machine this is.</summary>
public static class BuildVerb
{
    private static readonly string[] BundleSuffixes = [".bundle", ".tar"];

    /// <summary>Builds. Environments that fail are among the outcomes.</summary>
    /// <exception cref="DiagnosticException">The manifest or lock is in error, or an option asks for what is not declared.</exception>
    public static async Task<IReadOnlyList<BuiltEnvironment>> RunAsync(WorkspaceContext context, BuildOptions options, CancellationToken cancellationToken)
    {
        var settings = await BuildSettings.OpenAsync(context, options.Sync, cancellationToken).ConfigureAwait(false);
        await using (settings.ConfigureAwait(false))
        {
            var cells = Cells(settings, options);
            var interpreters = await new InterpreterFinder(settings.Cache.Root).ListAsync(context.Report, cancellationToken).ConfigureAwait(false);
            var outcomes = new BuiltEnvironment[cells.Count];
            var width = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, cells.Count, width, async (i, token) => outcomes[i] = await cells[i].RunAsync(interpreters, token).ConfigureAwait(false)).ConfigureAwait(false);
            foreach (var diagnostic in outcomes.SelectMany(outcome => outcome.Diagnostics))
                context.Report(diagnostic);
            if (options.JUnit is { } report)
                await AtomicFile.WriteAsync(Path.GetFullPath(report, context.WorkingDirectory), JUnitReport.Of(settings.Manifest.Name, outcomes), cancellationToken).ConfigureAwait(false);
            return outcomes;
        }
    }

    private static List<BuildCell> Cells(BuildSettings settings, BuildOptions options)
    {
        if (options.WithPython && (options.Output is null || options.PythonHome is not null))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, options.Output is null ? "--with-python is for what is written, and nothing is." : "--with-python and --python-home exclude each other.", remedy: "Name a bundle or a folder with -o."));
        }

        var manifest = settings.Manifest;
        var (targets, full) = Targets(settings, options);
        var output = options.Output is { } given ? Path.GetFullPath(given, settings.Context.WorkingDirectory) : null;
        if (options.Matrix)
            return [.. targets.Select(target => new BuildCell(settings, target, full, output is null ? null : Path.Combine(output, NameOf(manifest, target.Target)), IsBundle: true, null) { WithPython = options.WithPython })];
        var chosen = Choose(targets, null);
        var isBundle = output is not null && Array.Exists(BundleSuffixes, suffix => output.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
        return [new(settings, chosen, full, output, isBundle, options.PythonHome) { WithPython = options.WithPython }];
    }

    /// <summary>The one environment of a folder, for a Python of the preferred minor where the lock serves that.</summary>
    internal static BuildCell Cell(BuildSettings settings, BuildOptions options, PythonMinor? preferred)
    {
        var (targets, full) = Targets(settings, options);
        return new(settings, Choose(targets, preferred), full, options.Output, IsBundle: false, options.PythonHome) { WithPython = options.WithPython };
    }

    /// <summary>Turns an environment that was not built into the failure that it is.</summary>
    /// <exception cref="DiagnosticException">It was not built.</exception>
    internal static void ThrowIfNotBuilt(BuiltEnvironment outcome)
    {
        if (outcome.State is BuildState.Failed or BuildState.Skipped)
            throw new DiagnosticException(outcome.ExitCode == ExitCode.Done ? ExitCode.Unsatisfiable : outcome.ExitCode, outcome.Diagnostics is { Count: > 0 } all ? [.. all] : [Diagnostic.Error(WorkspaceCodes.BadOption, outcome.Reason!)]);
    }

    /// <summary>The declared targets that the options mean, and the full version of Python where they name one.</summary>
    private static (List<ManifestTarget> Targets, PackageVersion? Full) Targets(BuildSettings settings, BuildOptions options)
    {
        var version = Version(options);
        PythonMinor? minor = version is null ? null : new(version.Release.Count > 0 ? (int)version.Release[0] : 0, version.Release.Count > 1 ? (int)version.Release[1] : 0);
        var targets = settings.Manifest.Targets
            .Where(target => options.Platform is null || target.Target.Platform.RuntimeIdentifier == options.Platform)
            .Where(target => minor is null || target.Target.Python == minor)
            .ToList();
        return targets.Count == 0 ? throw NotDeclared(settings.Manifest, options) : (targets, version is { Release.Count: > 2 } ? version : null);
    }

    /// <summary>This machine's platform, else the first that is declared; with the newest Python that the lock must serve.</summary>
    private static ManifestTarget Choose(List<ManifestTarget> targets, PythonMinor? preferred)
    {
        var here = Platform.OfThisProcess()?.RuntimeIdentifier;
        var platform = (targets.Find(target => target.Target.Platform.RuntimeIdentifier == here) ?? targets[0]).Target.Platform;
        var own = targets.Where(target => target.Target.Platform.Equals(platform)).OrderBy(target => target.Target.Python).ToList();
        return own.Find(target => target.Target.Python == preferred) ?? own.LastOrDefault(target => target.IsRequired) ?? own[0];
    }

    private static string NameOf(Manifest manifest, Target target) => $"{manifest.Name}-{target.Platform.RuntimeIdentifier}-{target.Abi}.bundle";

    private static PackageVersion? Version(BuildOptions options)
    {
        if (options.Python is null)
            return null;
        return PackageVersion.TryParse(options.Python, out var version) && version.Release.Count > 1
            ? version
            : throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, $"'{options.Python}' is no version of Python to build for.", remedy: "Write --python 3.12, or 3.12.4 where the patch release matters."));
    }

    private static DiagnosticException NotDeclared(Manifest manifest, BuildOptions options)
    {
        var asked = $"{options.Platform ?? "any platform"} with Python {options.Python ?? "of any version"}";
        return new(ExitCode.Usage, Diagnostic.Error(
            WorkspaceCodes.BadOption, $"The manifest does not declare {asked}, so the lock does not serve it.", new(manifest.Location.Path),
            $"Declared are: {string.Join(", ", manifest.Targets.Select(target => $"{target.Target.Platform.RuntimeIdentifier} {target.Target.Python}"))}. Add others under 'platforms' and 'python'."));
    }
}

using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>publish</c>: puts a runnable environment into a folder that a program takes along, for this machine's platform or another.</summary>
public static class PublishVerb
{
    /// <summary>Publishes.</summary>
    /// <exception cref="DiagnosticException">As for <c>sync</c> and <c>build</c>; or Python cannot be taken along.</exception>
    public static Task<SyncOutcome> RunAsync(WorkspaceContext context, PublishOptions options, CancellationToken cancellationToken)
    {
        var output = Path.GetFullPath(options.Output, context.WorkingDirectory);
        return options.Platform is null || options.Platform == Platform.OfThisProcess()?.RuntimeIdentifier
            ? ForHereAsync(context, options, output, cancellationToken)
            : ForElsewhereAsync(context, options, output, cancellationToken);
    }

    /// <summary>For the Python that the project's own environment has: what was built and tried is what is published.</summary>
    private static async Task<SyncOutcome> ForHereAsync(WorkspaceContext context, PublishOptions options, string output, CancellationToken cancellationToken)
    {
        var prepared = await SyncVerb.PrepareAsync(context, options.Sync, cancellationToken).ConfigureAwait(false);
        prepared = prepared with
        {
            Path = output,
            Plan = options.Trim.HasFlag(PublishTrim.Caches) ? prepared.Plan.WithoutBytecode() : prepared.Plan,
            // It will leave this machine: nothing in it may be a second name of a file in the store.
            InstallOptions = prepared.InstallOptions with { Origins = null, Link = LinkMode.Copy, WithoutTests = options.Trim.HasFlag(PublishTrim.Tests), WithPython = options.WithPython },
        };
        var outcome = await prepared.InstallFoundAsync(from: null, isAskedFor: false, cancellationToken).ConfigureAwait(false) is var (found, environment)
            ? prepared.Outcome(found, environment.Source.Name)
            : prepared.Outcome(await prepared.InstallBuiltAsync(cancellationToken).ConfigureAwait(false), source: null);
        return options.WithPython && OperatingSystem.IsWindows() ? outcome with { PythonExecutable = Path.Combine(outcome.EnvironmentPath, "python.exe") } : outcome;
    }

    private static async Task<SyncOutcome> ForElsewhereAsync(WorkspaceContext context, PublishOptions options, string output, CancellationToken cancellationToken)
    {
        var settings = await BuildSettings.OpenAsync(context, options.Sync, cancellationToken, options.Trim).ConfigureAwait(false);
        await using (settings.ConfigureAwait(false))
        {
            var finder = new InterpreterFinder(settings.Cache.Root);
            var interpreters = await finder.ListAsync(context.Report, cancellationToken).ConfigureAwait(false);
            var own = await finder.OfEnvironmentAsync(SyncVerb.EnvironmentPath(context, settings.Manifest, options.Sync), cancellationToken).ConfigureAwait(false);
            var build = new BuildOptions { Platform = options.Platform, Python = options.Sync.Python, Output = output, PythonHome = options.PythonHome, WithPython = options.WithPython };
            var cell = BuildVerb.Cell(settings, build, own is null ? null : new PythonMinor(own.Major, own.Minor));
            var outcome = await cell.RunAsync(interpreters, cancellationToken).ConfigureAwait(false);
            BuildVerb.ThrowIfNotBuilt(outcome);
            foreach (var diagnostic in outcome.Diagnostics)
                context.Report(diagnostic);
            var target = cell.Served.Target;
            var layout = new VenvLayout(target.Platform.IsWindows, target.Python.Major, target.Python.Minor, target.IsFreeThreaded);
            return new(
                output, Path.Combine(output, options.WithPython && target.Platform.IsWindows ? "python.exe" : layout.Executable), Path.Combine(output, layout.SitePackages), outcome.Python, outcome.Key!, IsUnchanged: false, outcome.Packages, null);
        }
    }
}

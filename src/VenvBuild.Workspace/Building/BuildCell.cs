using System.Diagnostics;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>One environment to build: a target of the manifest, and what is to be written of it.</summary>
internal sealed record BuildCell(BuildSettings Settings, ManifestTarget Served, PackageVersion? Python, string? Output, bool IsBundle, string? PythonHome)
{
    /// <summary>Whether Python itself goes along.</summary>
    public bool WithPython { get; init; }

    private Target Target => Served.Target;

    /// <summary>Builds it. A failure is an outcome, so that one does not end the others.</summary>
    public async Task<BuiltEnvironment> RunAsync(IReadOnlyList<Interpreter> interpreters, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        EnvironmentPlan? plan = null;
        try
        {
            var compiler = interpreters.FirstOrDefault(IsOfMinor);
            if (Target.Implementation != Target.CPython)
            {
                throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                    WorkspaceCodes.BuiltForElsewhere, $"An environment for {Target} is not made: environments are made for CPython only.",
                    remedy: "The lock serves it: install it there with 'pypy3 -m pip install -r pylock.toml', and choose CPython's cells with --platform and --python."));
            }

            var native = interpreters.FirstOrDefault(found => IsOfMinor(found) && IsHere(found));
            plan = await PlanAsync(interpreters, cancellationToken).ConfigureAwait(false);
            var isNew = await MakeAsync(plan, compiler, native, interpreters, cancellationToken).ConfigureAwait(false);
            return Outcome(isNew ? BuildState.Built : BuildState.Cached) with { HasBytecode = plan.HasBytecode && compiler is not null, Output = Output };
        }
        catch (DiagnosticException refusal)
        {
            var isUnserved = plan is null && !Served.IsRequired && refusal.ExitCode != ExitCode.BuildFailed;
            return Outcome(isUnserved ? BuildState.Skipped : BuildState.Failed) with
            {
                Reason = refusal.Diagnostics[0].Message,
                Diagnostics = isUnserved ? [] : refusal.Diagnostics,
                ExitCode = isUnserved ? ExitCode.Done : refusal.ExitCode,
            };
        }

        BuiltEnvironment Outcome(BuildState state) => new(Target.Platform.RuntimeIdentifier, Target.Python.ToString(), state, Math.Round(watch.Elapsed.TotalSeconds, 2))
        {
            Key = plan?.Key.ToString(),
            Packages = plan?.Wheels.Count ?? 0,
        };
    }

    /// <summary>The plan that a run of it would build.</summary>
    public Task<EnvironmentPlan> PlanAsync(IReadOnlyList<Interpreter> interpreters, CancellationToken cancellationToken) => Settings.PlanForAsync(
        Target, Python ?? Served.Versions.LowerBound ?? Target.Python.FirstRelease, interpreters.FirstOrDefault(found => IsOfMinor(found) && IsHere(found)), cancellationToken);

    private async Task<bool> MakeAsync(
        EnvironmentPlan plan, Interpreter? compiler, Interpreter? native, IReadOnlyList<Interpreter> interpreters, CancellationToken cancellationToken)
    {
        var root = Settings.Cache.Root;
        // A folder for Windows needs what starts Python there, even where it does not take all of Python along.
        var isForElsewhere = native is null || PythonHome is not null;
        var python = (WithPython && native is null) || (Output is not null && !IsBundle && isForElsewhere && Target.Platform.IsWindows)
            ? await new PythonSupply(Settings.Context, Settings.Manifest, Settings.Cache).ForeignAsync(Target, WithPython, cancellationToken).ConfigureAwait(false)
            : null;
        if (Output is not null && !IsBundle)
        {
            if (!isForElsewhere)
            {
                return (await new EnvironmentInstaller(root)
                    .SyncAsync(plan, native!, Output, Settings.Source, Settings.Options with { Link = LinkMode.Copy, WithPython = WithPython }, Settings.Progress, cancellationToken).ConfigureAwait(false)).HasChanged;
            }

            await new EnvironmentBuilder(root).WriteFolderAsync(
                plan, compiler, [.. interpreters.Select(found => found.StandardLibrary)], PythonHome, python, Output, Settings.Source, Settings.Options with { WithPython = WithPython }, Settings.Progress, cancellationToken).ConfigureAwait(false);
            Remark(plan, compiler, python);
            return true;
        }

        using var made = Settings.Describe(await new EnvironmentBuilder(root).BuildAsync(plan, compiler, Settings.Source, Settings.Options, Settings.Progress, cancellationToken).ConfigureAwait(false));
        var (build, making) = await CarryAsync(made, native, python, cancellationToken).ConfigureAwait(false);
        using var removed = making;
        if (native is not null && (Output is null || !BundleFile.IsBundleOf(build.Manifest, Output)))
            await BundleFile.CheckAsync(Settings, plan, native, cancellationToken).ConfigureAwait(false);
        var isWritten = Output is not null && await BundleFile.WriteAsync(build, Output, cancellationToken).ConfigureAwait(false);
        return build.Fetched > 0 || isWritten;
    }

    /// <summary>The build with the interpreter that goes along, where one does.</summary>
    private async Task<(EnvironmentBuild Build, IDisposable? Making)> CarryAsync(EnvironmentBuild build, Interpreter? native, ForeignPython? python, CancellationToken cancellationToken)
    {
        if (!WithPython)
            return (build, null);
        var carried = new CarriedInterpreter(Settings.Cache.Root);
        return python is not null ? await carried.AddAsync(build, python, cancellationToken).ConfigureAwait(false) : await carried.AddAsync(build, native!, cancellationToken).ConfigureAwait(false);
    }

    private void Remark(EnvironmentPlan plan, Interpreter? compiler, ForeignPython? python)
    {
        if (Target.Platform.IsWindows && python is null)
        {
            Settings.Context.Report(Diagnostic.Warning(
                WorkspaceCodes.BuiltForElsewhere, $"'{Output}' has no Scripts\\python.exe yet: no Python for Windows is here to take it from.",
                remedy: $"Fetch one with dotnet pyenv python install {Target.Python} --platform {Target.Platform.RuntimeIdentifier} and build again; or, on the machine that it is for, run py -{Target.Python} -m venv on it, which adds it; or build a bundle (-o NAME.bundle) and unpack that there."));
        }

        if (plan.HasBytecode && compiler is null)
        {
            Settings.Context.Report(Diagnostic.Warning(
                WorkspaceCodes.BuiltForElsewhere, $"The modules in '{Output}' are not compiled: no Python {Target.Python} is here.", remedy: $"Install Python {Target.Python} on this machine, or let the first import compile."));
        }
    }

    private bool IsOfMinor(Interpreter found) => found.Major == Target.Python.Major && found.Minor == Target.Python.Minor
        && found.IsFreeThreaded == Target.IsFreeThreaded && found.Markers.ImplementationName == Target.Implementation;

    /// <summary>Whether the interpreter runs on the target's platform; one on a platform that nobody can plan for does not.</summary>
    private bool IsHere(Interpreter found)
    {
        try
        {
            return found.ToTarget().Platform.RuntimeIdentifier == Target.Platform.RuntimeIdentifier;
        }
        catch (DiagnosticException)
        {
            return false;
        }
    }
}

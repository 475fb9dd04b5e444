using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Where a run's interpreters come from: this machine, the store, or a mirror, as the manifest allows (<c>python-source</c>).</summary>
internal sealed class PythonSupply(WorkspaceContext context, Manifest? manifest, CacheFolder cache)
{
    private const string MirrorVariable = "VENVBUILD_PYTHON_MIRROR";

    private PythonSource Source => manifest?.PythonSource ?? PythonSource.Any;

    /// <summary>Finds the interpreters that the manifest allows.</summary>
    public InterpreterFinder Finder => new(cache.Root, Source switch
    {
        PythonSource.System => InterpreterPlaces.OfThisMachine(),
        PythonSource.Managed => InterpreterPlaces.OfStore(cache.Root),
        _ => null,
    });

    /// <summary>The interpreter and its plan; where none fits and the manifest allows, one is downloaded.</summary>
    /// <exception cref="DiagnosticException">No interpreter fits, and none was to be had.</exception>
    public async Task<(Interpreter Interpreter, EnvironmentPlan Plan)> ChooseAsync(PlanRequest wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await wanted.ChooseAsync(Finder, context.Report, cancellationToken).ConfigureAwait(false);
        }
        catch (DiagnosticException refusal) when (MayDownload(refusal, wanted.Python))
        {
            try
            {
                await InstallAsync(wanted.Python, wanted.Document.RequiresPython, cancellationToken).ConfigureAwait(false);
            }
            catch (DiagnosticException failure)
            {
                foreach (var diagnostic in failure.Diagnostics)
                    context.Report(Diagnostic.Warning(diagnostic.Code, $"No Python was downloaded either: {diagnostic.Message}", remedy: diagnostic.Remedy));
                throw refusal;
            }

            return await wanted.ChooseAsync(Finder, context.Report, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Downloads the best interpreter that fits.</summary>
    /// <param name="request">A version such as <c>3.12</c>, or null for any.</param>
    /// <param name="requires">The versions that will do, or null for any.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DiagnosticException">There is none, or it cannot be had or trusted.</exception>
    public async Task<Interpreter> InstallAsync(string? request, VersionSpecifiers? requires, CancellationToken cancellationToken)
    {
        var transport = Transport();
        await using (transport.ConfigureAwait(false))
        {
            var mirror = Mirror(transport);
            var offered = await OfferedAsync(mirror, cancellationToken).ConfigureAwait(false);
            var archive = offered.FirstOrDefault(offer => (request is null ? !offer.IsFreeThreaded : offer.IsOfVersion(request)) && requires?.Contains(offer.Version) != false)
                ?? throw NotOffered(mirror, $"{request ?? requires?.ToString()} for this machine", offered);
            if (!mirror.IsPinned)
            {
                context.Report(Diagnostic.Verbose(
                    WorkspaceCodes.PythonFetched,
                    $"{archive.Name} is held against the digests that {mirror.Shown} lists itself; #sha256= and the digest of SHA256SUMS at the end of its address would pin them."));
            }

            context.Progress?.Report($"Fetching Python {archive.Version}");
            return await ReachAsync(() => new ManagedPythonStore(cache.Root).InstallAsync(archive, mirror, cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>What the mirror offers for this machine, the best first.</summary>
    /// <exception cref="DiagnosticException">The mirror cannot be reached or is none.</exception>
    public async Task<IReadOnlyList<PythonArchive>> OfferedAsync(CancellationToken cancellationToken)
    {
        var transport = Transport();
        await using (transport.ConfigureAwait(false))
            return await OfferedAsync(Mirror(transport), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// An interpreter for another machine: one that was fetched before, else one from the mirror or, for Windows, from the packages that the Python
    /// project publishes. Null where none is here and it is not worth the download: nobody asked for it, and no mirror is named.
    /// </summary>
    /// <param name="target">What it is for.</param>
    /// <param name="isAskedFor">Whether it must be had.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DiagnosticException">It is asked for, and there is none, or it cannot be had or trusted.</exception>
    public async Task<ForeignPython?> ForeignAsync(Target target, bool isAskedFor, CancellationToken cancellationToken)
    {
        var store = new ManagedPythonStore(cache.Root);
        if (store.FindForeign(target) is { } known)
            return known;
        if (!isAskedFor && (Source == PythonSource.System || context.IsOffline || !IsMirrorNamed))
            return null;
        var transport = Transport();
        await using (transport.ConfigureAwait(false))
        {
            var failures = new List<DiagnosticException>();
            foreach (var source in Sources(transport, target.Platform))
            {
                try
                {
                    return await ForeignAsync(store, source, target, cancellationToken).ConfigureAwait(false);
                }
                catch (DiagnosticException failure)
                {
                    failures.Add(failure);
                }
            }

            if (isAskedFor)
                throw new DiagnosticException(failures[0].ExitCode, [.. failures.SelectMany(failure => failure.Diagnostics)]);
            foreach (var diagnostic in failures.SelectMany(failure => failure.Diagnostics))
                context.Report(Diagnostic.Verbose(diagnostic.Code, $"No Python for {target} was fetched: {diagnostic.Message}"));
            return null;
        }
    }

    private async Task<ForeignPython> ForeignAsync(ManagedPythonStore store, IPythonSource source, Target target, CancellationToken cancellationToken)
    {
        var offered = await ReachAsync(() => source.ListAsync(target.Platform, cancellationToken)).ConfigureAwait(false);
        var archive = offered.FirstOrDefault(offer => offer.IsFreeThreaded == target.IsFreeThreaded && target.Python.Versions.Contains(offer.Version))
            ?? throw NotOffered(source, $"{target.Python}{(target.IsFreeThreaded ? "t" : "")} for {target.Platform.RuntimeIdentifier}", offered);
        context.Progress?.Report($"Fetching Python {archive.Version} for {target.Platform.RuntimeIdentifier}");
        return await ReachAsync(() => store.FetchAsync(archive, target, source, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The places that are asked: the one that is named, or the public ones.</summary>
    private IEnumerable<IPythonSource> Sources(PackageIndex transport, Platform platform)
    {
        yield return Mirror(transport);
        if (!IsMirrorNamed && platform.IsWindows)
            yield return new NuGetPythons(transport);
    }

    private bool IsMirrorNamed => manifest?.PythonMirror is not null || Environment.GetEnvironmentVariable(MirrorVariable) is { Length: > 0 };

    private static DiagnosticException NotOffered(IPythonSource source, string wanted, IReadOnlyList<PythonArchive> offered) => new(ExitCode.Unsatisfiable, Diagnostic.Error(
        WorkspaceCodes.PythonNotOffered,
        $"{source.Shown} has no Python {wanted}.",
        remedy: $"It has {(offered.Count == 0 ? "none for that platform" : string.Join(", ", offered.Select(offer => offer.Version + (offer.IsFreeThreaded ? "t" : ""))))}: ask for one of these, or name another release or mirror in {MirrorVariable}."));

    private async Task<IReadOnlyList<PythonArchive>> OfferedAsync(IPythonSource mirror, CancellationToken cancellationToken) =>
        Platform.OfThisProcess() is { } platform ? await ReachAsync(() => mirror.ListAsync(platform, cancellationToken)).ConfigureAwait(false) : [];

    /// <summary>Fetches what no index has: of a Python that is not here, other advice holds than of a package.</summary>
    private async Task<T> ReachAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (DiagnosticException failure) when (context.IsOffline && failure.ExitCode == ExitCode.Integrity)
        {
            const string Remedy = $"Run it once without --offline; or install that Python on this machine, or name a folder of archives (file:) in {MirrorVariable} or under python-mirror.";
            throw new DiagnosticException(failure.ExitCode, [.. failure.Diagnostics.Select(diagnostic => diagnostic with { Remedy = Remedy })], failure);
        }
    }

    private bool MayDownload(DiagnosticException refusal, string? request) =>
        refusal.Diagnostics[0].Code == InterpreterFinder.NoneFitsCode && Source != PythonSource.System && !context.IsOffline && (request is null || InterpreterFinder.IsVersion(request));

    private PackageIndex Transport() => new(new() { Indexes = [], Offline = context.IsOffline, Cache = cache, Report = context.Report });

    /// <summary>The mirror of this machine's settings, else of the manifest, else the public one. A NuGet feed is known by how its address ends.</summary>
    private IPythonSource Mirror(PackageIndex transport)
    {
        if (Environment.GetEnvironmentVariable(MirrorVariable) is not { Length: > 0 } text)
            return Open(transport, manifest?.PythonMirror);
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" or "file"
            ? Open(transport, address)
            : throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, $"{MirrorVariable} is '{text}', which is no https, http or file URL."));
    }

    private static IPythonSource Open(PackageIndex transport, Uri? address) =>
        address?.AbsolutePath.EndsWith(NuGetPythons.AddressEnd, StringComparison.OrdinalIgnoreCase) == true ? new NuGetPythons(transport, address) : new PythonMirror(transport, address);
}

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
                ?? throw new DiagnosticException(ExitCode.Unsatisfiable, Diagnostic.Error(
                    WorkspaceCodes.PythonNotOffered,
                    $"{mirror.Shown} has no Python {request ?? requires?.ToString()} for this machine.",
                    remedy: $"It has {string.Join(", ", offered.Select(offer => offer.Version + (offer.IsFreeThreaded ? "t" : "")))}: ask for one of these, or name another release or mirror in {MirrorVariable}."));
            if (!mirror.IsPinned)
            {
                context.Report(Diagnostic.Verbose(
                    WorkspaceCodes.PythonFetched,
                    $"{archive.Name} is held against the digests that {mirror.Shown} lists itself; #sha256= and the digest of SHA256SUMS at the end of its address would pin them."));
            }

            context.Progress?.Report($"Fetching Python {archive.Version}");
            return await new ManagedPythonStore(cache.Root).InstallAsync(archive, mirror, cancellationToken).ConfigureAwait(false);
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

    private static Task<IReadOnlyList<PythonArchive>> OfferedAsync(PythonMirror mirror, CancellationToken cancellationToken) =>
        Platform.OfThisProcess() is { } platform ? mirror.ListAsync(platform, cancellationToken) : Task.FromResult<IReadOnlyList<PythonArchive>>([]);

    private bool MayDownload(DiagnosticException refusal, string? request) =>
        refusal.Diagnostics[0].Code == InterpreterFinder.NoneFitsCode && Source != PythonSource.System && !context.IsOffline && (request is null || InterpreterFinder.IsVersion(request));

    private PackageIndex Transport() => new(new() { Indexes = [], Offline = context.IsOffline, Cache = cache, Report = context.Report });

    /// <summary>The mirror of this machine's settings, else of the manifest, else the public one.</summary>
    private PythonMirror Mirror(PackageIndex transport)
    {
        if (Environment.GetEnvironmentVariable(MirrorVariable) is not { Length: > 0 } text)
            return new(transport, manifest?.PythonMirror);
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" or "file"
            ? new(transport, address)
            : throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, $"{MirrorVariable} is '{text}', which is no https, http or file URL."));
    }
}

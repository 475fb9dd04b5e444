using NuGet.Versioning;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>A manifest with the lock that belongs to it.</summary>
internal sealed class ManifestLock
{
    private ManifestLock(WorkspaceContext context, Manifest manifest, string path)
    {
        Context = context;
        Manifest = manifest;
        Path = path;
    }

    public WorkspaceContext Context { get; }

    public Manifest Manifest { get; }

    /// <summary>The lock's path, absolute; there may be no lock yet.</summary>
    public string Path { get; }

    /// <summary>Reads the manifest; the lock is read when it is needed.</summary>
    public static async Task<ManifestLock> OpenAsync(WorkspaceContext context, string? lockPath, CancellationToken cancellationToken)
    {
        var location = context.ManifestPath is { } given
            ? ManifestLocation.At(System.IO.Path.GetFullPath(given, context.WorkingDirectory))
            : ManifestLocation.Find(context.WorkingDirectory) ?? throw NoManifest(context);
        var manifest = await Manifest.LoadAsync(location, NuGetVersion.Parse(context.ToolVersion), cancellationToken).ConfigureAwait(false);
        foreach (var notice in manifest.NotYetServed)
            context.Report(notice);
        return new(context, manifest, lockPath is null ? location.LockPath : System.IO.Path.GetFullPath(lockPath, context.WorkingDirectory));
    }

    /// <summary>As <see cref="OpenAsync"/> where a manifest is named or lies around; null where none does.</summary>
    public static async Task<ManifestLock?> OpenIfThereAsync(WorkspaceContext context, CancellationToken cancellationToken) =>
        context.ManifestPath is not null || ManifestLocation.Find(context.WorkingDirectory) is not null
            ? await OpenAsync(context, null, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>
    /// As <see cref="OpenAsync"/>, but a lock whose manifest is not there will do: in the working directory, or as the lock of the manifest that
    /// was named.
    /// </summary>
    public static async Task<ManifestLock> OpenFrozenAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var location = ManifestLocation.At(System.IO.Path.GetFullPath(context.ManifestPath ?? ManifestLocation.DefaultFileName, context.WorkingDirectory));
        var isAlone = !File.Exists(location.Path) && File.Exists(location.LockPath);
        return isAlone
            ? new(context, Manifest.OfLockAlone(location), location.LockPath)
            : await OpenAsync(context, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The lock that is there, or null.</summary>
    public async Task<LockDocument?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path))
            return null;
        var reading = await LockReader.LoadAsync(Path, cancellationToken).ConfigureAwait(false);
        foreach (var warning in reading.Warnings)
            Context.Report(warning);
        return reading.Document;
    }

    /// <summary>Whether the lock that is there answers the manifest, and if not, why not.</summary>
    public LockOutcome Judge(LockDocument? document)
    {
        if (document is null)
            return Outcome(LockState.Missing, 0, ["there is no lock"]);
        if (Manifest.Requests.AreAnsweredBy(document))
        {
            var changes = ProjectFolders.Changes(Manifest, document.Provenance!);
            return Outcome(changes.Count == 0 ? LockState.UpToDate : LockState.Stale, document.Packages.Count, changes);
        }

        IReadOnlyList<string> reasons = document.Provenance is { } provenance
            ? RequestChanges.Describe(provenance.Requests, Manifest.Requests.Lines)
            : ["the lock does not say which requests it answers: another tool made it"];
        return Outcome(LockState.Stale, document.Packages.Count, reasons);
    }

    /// <summary>What to tell a person of a lock that does not answer its manifest.</summary>
    public static Diagnostic Explain(LockOutcome outcome)
    {
        var isMissing = outcome.State == LockState.Missing;
        return Diagnostic.Error(
            isMissing ? WorkspaceCodes.MissingLock : WorkspaceCodes.StaleLock,
            isMissing
                ? $"There is no lock {System.IO.Path.GetFileName(outcome.LockPath)} for the manifest."
                : $"The lock does not answer the manifest: {string.Join("; ", outcome.Changes)}.",
            new(isMissing ? outcome.ManifestPath : outcome.LockPath),
            "Run 'dotnet pyenv lock' and commit the lock.");
    }

    /// <summary>Solves the manifest's requests and writes the lock.</summary>
    public async Task<(LockOutcome Outcome, LockDocument Document)> MakeAsync(
        LockDocument? previous, LockOptions options, CancellationToken cancellationToken)
    {
        var served = options.Resolver == ResolverChoice.Builtin
            ? await new ServedLock(Context, Manifest, Path).TryMakeAsync(previous, options, cancellationToken).ConfigureAwait(false)
            : null;
        var document = ProjectFolders.Note(Manifest, served ?? await SolveAsync(previous, options, cancellationToken).ConfigureAwait(false));
        document = await AttestAsync(document, cancellationToken).ConfigureAwait(false);
        document = await new BuildComparison(Context, Manifest, Path).NoteAsync(document, previous, options.Upgrade, cancellationToken).ConfigureAwait(false);
        var changes = LockChanges.Describe(previous, document);
        var bytes = LockWriter.Write(document);
        var present = File.Exists(Path) ? await File.ReadAllBytesAsync(Path, cancellationToken).ConfigureAwait(false) : [];
        if (bytes.AsSpan().SequenceEqual(present))
            return (Outcome(LockState.UpToDate, document.Packages.Count, []), document);
        await AtomicFile.WriteAsync(Path, bytes, cancellationToken).ConfigureAwait(false);
        return (Outcome(LockState.Written, document.Packages.Count, changes), document);
    }

    /// <summary>Holds the files against the publishers that the manifest demands, and notes them; where it demands none, this costs nothing.</summary>
    private async Task<LockDocument> AttestAsync(LockDocument document, CancellationToken cancellationToken)
    {
        var proof = new PublisherProof(Manifest);
        if (!proof.IsAskedFor)
            return document;
        Context.Progress?.Report($"Checking publishers of {Manifest.Name}");
        var index = ManifestIndexes.Open(Context, Manifest, DateTimeOffset.UtcNow);
        await using (index.ConfigureAwait(false))
            return await proof.AttestAsync(document, index, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LockDocument> SolveAsync(LockDocument? previous, LockOptions options, CancellationToken cancellationToken)
    {
        var index = ManifestIndexes.Open(Context, Manifest, DateTimeOffset.UtcNow);
        await using (index.ConfigureAwait(false))
        {
            Context.Progress?.Report($"Resolving {Manifest.Name}");
            ILockResolver resolver = options.Resolver == ResolverChoice.Builtin
                ? new LockSolve(Manifest, index, LockSolve.RelativeTo(Path))
                {
                    Report = diagnostic => Context.Report(OfManifest(diagnostic)),
                    Progress = Context.Progress is { } lines ? new SolveProgressLines(Manifest.Name, lines) : null,
                }
                : new PeerSolve(Context, Manifest, index, Path, options.Resolver);
            try
            {
                return await resolver.RunAsync(previous, options, cancellationToken).ConfigureAwait(false);
            }
            catch (UnsatisfiableException refusal)
            {
                var at = PlaceOf(refusal.Requests);
                throw new DiagnosticException(refusal.ExitCode, [.. refusal.Diagnostics.Select(diagnostic => diagnostic with { Location = at })], refusal);
            }
        }
    }

    /// <summary>What a solve has to say is about what the manifest asks: where several are built, one must see which.</summary>
    private Diagnostic OfManifest(Diagnostic diagnostic) =>
        diagnostic.Location is null && diagnostic.Severity != DiagnosticSeverity.Verbose ? diagnostic with { Location = new(Manifest.Location.Path) } : diagnostic;

    /// <summary>The line of the first request that a refusal names; the manifest where it names none.</summary>
    private SourceLocation PlaceOf(IReadOnlyList<Requirement> refused)
    {
        var written = Manifest.Requirements.Concat(Manifest.Groups.SelectMany(group => group.Requirements)).Concat(Manifest.Overrides);
        var first = refused.Count == 0 ? null : written.FirstOrDefault(entry => RequirementAddress.WithoutCredentials(entry.Requirement).Equals(refused[0]));
        return first is null ? new(Manifest.Location.Path) : first.Location with { File = Manifest.Location.Path };
    }

    private LockOutcome Outcome(LockState state, int packages, IReadOnlyList<string> changes) =>
        new(Manifest.Location.Path, Path, state, packages, changes);

    private static DiagnosticException NoManifest(WorkspaceContext context) => new(ExitCode.Usage, Diagnostic.Error(
        WorkspaceCodes.NoManifest,
        $"There is no pyenv.yaml in {context.WorkingDirectory} or a folder above it.",
        remedy: "Run 'dotnet pyenv init' to begin one, or name one with --manifest."));
}

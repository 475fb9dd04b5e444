using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>
/// Wheels that a lock has no digest of, by a server that built them, where the manifest takes such builds (<c>trust: builds</c>); else by this
/// machine. A server's are held against the lock as far as they go: the pins, the target, and the digest of the sdist that each says it was built
/// from. The rest is the server's word, and the signature's.
/// </summary>
internal sealed class ServedBuilds(WorkspaceContext context, ManifestLock manifestLock, LockDocument document, IReadOnlyCollection<ExtraName>? groups, ManifestBuilds here, CacheFolder cache) : ISourceBuilds
{
    private const string Noun = "served-builds";
    private const int FormatVersion = 1;

    // A wheel takes a server as long as it takes this machine, and others may wait before it.
    private const int BuildPatience = 10;

    private readonly Dictionary<string, Task<EnvironmentManifest?>> _asked = new(StringComparer.Ordinal);
    private (string Key, byte[] Manifest)? _taken;

    /// <summary>Whether a wheel of the plan is a server's.</summary>
    public bool AreServed => _taken is not null;

    /// <inheritdoc/>
    public async Task<PlannedWheel?> BuildAsync(SelectedPackage pin, Interpreter interpreter, CancellationToken cancellationToken)
    {
        if (pin.File is not null && MayTake() && here.Allows(pin.Package.Name) && !await here.HasAsync(pin, interpreter).ConfigureAwait(false)
            && await FindAsync(interpreter, cancellationToken).ConfigureAwait(false) is { } manifest)
        {
            _taken = (KeyOf(interpreter), manifest.ToUtf8Bytes());
            return manifest.ToPlan().Wheels.First(wheel => wheel.Name == pin.Package.Name);
        }

        return await here.BuildAsync(pin, interpreter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Remembers what was taken, now that it is installed: the next run need not ask.</summary>
    public void Remember()
    {
        if (_taken is var (key, manifest))
            cache.TryWrite(Noun, FormatVersion, key, manifest);
    }

    private Uri? Server => EnvironmentPlaces.ServerOf(context, manifestLock.Manifest);

    private bool MayTake()
    {
        var trust = manifestLock.Manifest.Trust;
        if ((context.WithoutServer ? null : context.Server ?? manifestLock.Manifest.Server) is null)
            return false;
        if (trust.Builds == TrustedBuilds.Server || (trust.Builds == TrustedBuilds.Signed && trust.Keys.Count > 0))
            return true;
        context.Report(Diagnostic.Verbose(
            WorkspaceCodes.ServedBuild, "What has to be built is built here: nobody signs what a server builds (trust: keys), and the manifest does not take its word (trust: {builds: server})."));
        return false;
    }

    private Task<EnvironmentManifest?> FindAsync(Interpreter interpreter, CancellationToken cancellationToken)
    {
        var key = KeyOf(interpreter);
        if (!_asked.TryGetValue(key, out var asked))
            _asked[key] = asked = RecallAsync(key, interpreter, cancellationToken);
        return asked;
    }

    private async Task<EnvironmentManifest?> RecallAsync(string key, Interpreter interpreter, CancellationToken cancellationToken)
    {
        if (cache.TryRead(Noun, FormatVersion, key, out var start) is { } known && EnvironmentManifest.Read(known.AsSpan(start), "the cache") is var taken && Objection(taken, interpreter) is null)
            return taken;
        if (context.IsOffline || Server is not { } server)
            return null;
        var target = interpreter.ToTarget();
        using var source = new EnvironmentServerSource(server, Environment.GetEnvironmentVariable(ResolverServerClient.TokenVariable), cache.Root)
        {
            Request = await ServerRequest.OfAsync(manifestLock, target, interpreter, groups, cancellationToken).ConfigureAwait(false),
            Patience = BuildPatience * context.ServerPatience,
            Report = context.Report,
        };
        context.Progress?.Report($"Having {manifestLock.Manifest.Name} built by {server.Host}");
        try
        {
            if (await source.BuildAsync(cancellationToken).ConfigureAwait(false) is not { } offer)
                return null;
            var manifest = EnvironmentManifest.Read(offer.Manifest.Span, source.Name);
            return Objection(manifest, interpreter) is { } why
                ? throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                    WorkspaceCodes.ServedBuild, $"What the server {source.Name} built is not taken: {why}.", remedy: "Tell whoever runs the server."))
                : manifest;
        }
        catch (DiagnosticException failure) when (failure.ExitCode == ExitCode.Integrity)
        {
            if (context.FailedServers.Add(server))
            {
                var why = failure.Diagnostics[0];
                context.Report(Diagnostic.Warning(why.Code, $"{why.Message} It is built here.", remedy: why.Remedy));
            }

            return null;
        }
    }

    /// <summary>Why an environment is not what the lock installs; null where it may be.</summary>
    private string? Objection(EnvironmentManifest manifest, Interpreter interpreter)
    {
        var target = interpreter.ToTarget();
        if (manifest.Target.Platform.RuntimeIdentifier != target.Platform.RuntimeIdentifier || manifest.Target.Python != target.Python || manifest.Target.Abi != target.Abi)
            return $"it is for {manifest.Target}";
        if (manifest.HasBytecode != manifestLock.Manifest.Environment.CompilesBytecode)
            return "it is of other options";
        var pins = LockSelection.Select(document, interpreter.Markers, target.Tags, null, groups);
        var wheels = manifest.ToPlan().Wheels.ToDictionary(wheel => wheel.Name);
        foreach (var pin in pins)
        {
            if (!wheels.Remove(pin.Package.Name, out var wheel))
                return $"it lacks {pin.Package.Name}";
            if (pin.IsWheel ? wheel.Sha256.ToString() != pin.File!.Hashes.Sha256 : !IsBuiltOf(pin, wheel, manifest, target))
                return $"{wheel} is not what the lock pins";
        }

        return wheels.Count == 0 ? null : $"it holds {wheels.Values.First()}, which the lock does not pin";
    }

    private static bool IsBuiltOf(SelectedPackage pin, PlannedWheel wheel, EnvironmentManifest manifest, Target target) =>
        pin.Package.Version?.Equals(wheel.Version) == true && target.Tags.Rank(wheel.File) is not null
        && manifest.Provenance?.Built.Any(built => built.Wheel == wheel.File.Text && built.SourceSha256.ToString() == pin.File?.Hashes.Sha256) == true;

    private string KeyOf(Interpreter interpreter)
    {
        var target = interpreter.ToTarget();
        var options = manifestLock.Manifest;
        return CacheFolder.KeyOf(
            "served-build 1", Credentials.Strip((context.Server ?? options.Server)!.AbsoluteUri), Sha256Digest.Of(LockWriter.Write(document)).ToString(), target.Platform.ToString(), interpreter.Version.ToString(), target.Abi,
            string.Join(' ', groups?.Select(group => group.Value) ?? ["\0"]), options.Environment.CompilesBytecode ? "bytecode" : "", options.Trust.Builds.ToString(), string.Join(' ', options.Trust.Keys));
    }
}

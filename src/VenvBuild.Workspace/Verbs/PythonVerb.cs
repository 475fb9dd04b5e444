using VenvBuild.Environments;
using VenvBuild.Index;

namespace VenvBuild.Workspace;

/// <summary><c>python list</c> and <c>python install</c>: the interpreters of this machine, and those that can be had.</summary>
public static class PythonVerb
{
    /// <summary>Finds those of this machine, the best first; what was passed over is reported as remarks.</summary>
    public static async Task<IReadOnlyList<FoundPython>> ListAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var cache = CacheFolder.Default();
        var found = await new InterpreterFinder(cache.Root).ListAsync(context.Report, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(interpreter => Of(interpreter, cache))];
    }

    /// <summary>Finds those that can be installed and are not, the best first.</summary>
    /// <exception cref="Packaging.DiagnosticException">The mirror cannot be reached or is none, or the manifest is in error.</exception>
    public static async Task<IReadOnlyList<FoundPython>> ListAvailableAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var cache = CacheFolder.Default();
        var installed = await new InterpreterFinder(cache.Root, InterpreterPlaces.OfStore(cache.Root)).ListAsync(null, cancellationToken).ConfigureAwait(false);
        var offered = await (await SupplyAsync(context, cache, cancellationToken).ConfigureAwait(false)).OfferedAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. offered.Where(archive => !installed.Any(python => python.Version.Equals(archive.Version) && python.IsFreeThreaded == archive.IsFreeThreaded))
                .Select(archive => new FoundPython(archive.Version.ToString(), "CPython", null, archive.Triple, archive.IsFreeThreaded, IsManaged: true)),
        ];
    }

    /// <summary>Installs an interpreter into the store.</summary>
    /// <param name="context">Where the work is done.</param>
    /// <param name="version">The version, such as <c>3.12</c>; null for the newest.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="Packaging.DiagnosticException">There is none, or it cannot be had or trusted.</exception>
    public static async Task<FoundPython> InstallAsync(WorkspaceContext context, string? version, CancellationToken cancellationToken)
    {
        if (version is not null && !InterpreterFinder.IsVersion(version))
        {
            throw new Packaging.DiagnosticException(Packaging.ExitCode.Usage, Packaging.Diagnostic.Error(
                WorkspaceCodes.BadOption, $"'{version}' is no version of Python.", remedy: "Write it as 3.12, 3.12.4, or 3.13t for a free-threaded one."));
        }

        var cache = CacheFolder.Default();
        var supply = await SupplyAsync(context, cache, cancellationToken).ConfigureAwait(false);
        return Of(await supply.InstallAsync(version, requires: null, cancellationToken).ConfigureAwait(false), cache);
    }

    /// <summary>Fetches an interpreter for another platform into the store, for builds.</summary>
    /// <param name="context">Where the work is done.</param>
    /// <param name="version">The minor version, such as <c>3.12</c> or <c>3.13t</c>.</param>
    /// <param name="platform">The platform's runtime identifier.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="Packaging.DiagnosticException">The words name nothing, or there is none, or it cannot be had or trusted.</exception>
    public static async Task<FoundPython> FetchAsync(WorkspaceContext context, string? version, string platform, CancellationToken cancellationToken)
    {
        var isFreeThreaded = version?.EndsWith('t') == true;
        if (!Packaging.PythonMinor.TryParse(version?.TrimEnd('t'), out var minor) || !Packaging.Platform.TryParse(platform, out var parsed))
        {
            throw new Packaging.DiagnosticException(Packaging.ExitCode.Usage, Packaging.Diagnostic.Error(
                WorkspaceCodes.BadOption, $"'{version} --platform {platform}' names no Python of another platform.",
                remedy: $"Write it as 3.12 --platform win-x64; there are {string.Join(", ", Packaging.Platform.RuntimeIdentifiers)}."));
        }

        var cache = CacheFolder.Default();
        var supply = await SupplyAsync(context, cache, cancellationToken).ConfigureAwait(false);
        var python = (await supply.ForeignAsync(new(parsed, minor, isFreeThreaded), isAskedFor: true, cancellationToken).ConfigureAwait(false))!;
        return new(python.Version.ToString(), "CPython", null, platform, isFreeThreaded, IsManaged: true);
    }

    /// <summary>The supply of the manifest where there is one: it may name a mirror.</summary>
    private static async Task<PythonSupply> SupplyAsync(WorkspaceContext context, CacheFolder cache, CancellationToken cancellationToken)
    {
        Manifest? manifest = null;
        try
        {
            manifest = (await ManifestLock.OpenAsync(context, null, cancellationToken).ConfigureAwait(false)).Manifest;
        }
        catch (Packaging.DiagnosticException e) when (context.ManifestPath is null && e.Diagnostics[0].Code == WorkspaceCodes.NoManifest)
        {
            // Interpreters can be installed anywhere.
        }

        return new(context, manifest, cache);
    }

    private static FoundPython Of(Interpreter interpreter, CacheFolder cache) => new(
        interpreter.Version.ToString(),
        interpreter.Markers.PlatformPythonImplementation,
        interpreter.Executable,
        interpreter.Platform,
        interpreter.IsFreeThreaded,
        new ManagedPythonStore(cache.Root).Holds(interpreter.Executable));
}

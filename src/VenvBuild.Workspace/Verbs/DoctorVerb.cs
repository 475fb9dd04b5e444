using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>doctor</c>: looks at everything that a lock or an environment needs, and says what is not as it should be.</summary>
public static class DoctorVerb
{
    /// <summary>Looks; nothing is changed but a test file in the cache.</summary>
    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var findings = new List<DoctorFinding>();
        var cache = CacheFolder.Default();
        findings.Add(Cache(cache));
        var pythons = await PythonVerb.ListAsync(context, cancellationToken).ConfigureAwait(false);
        findings.Add(pythons.Count > 0
            ? new("interpreters", true, string.Join("; ", pythons.Select(python => $"{python.Implementation} {python.Version} at {python.Executable}")))
            : new("interpreters", false, "No usable Python was found.", "Install CPython 3.9 or newer, or put it on PATH."));
        foreach (var name in (string[])["PYTHONHOME", "PYTHONPATH"])
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 })
                findings.Add(new(name, false, $"{name} is set: it changes what every Python imports.", $"Unset {name}."));
        }

        findings.AddRange(await ManifestAsync(context, cancellationToken).ConfigureAwait(false));
        return findings;
    }

    /// <summary>Whether the native modules of the environment, where there is one, could be loaded on this machine as it is now.</summary>
    private static async Task<IReadOnlyList<DoctorFinding>> LibrariesAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var manifest = (await ManifestLock.OpenAsync(context, null, cancellationToken).ConfigureAwait(false)).Manifest;
        var path = SyncVerb.EnvironmentPath(context, manifest, new());
        if (await new InterpreterFinder(CacheFolder.Default().Root).OfEnvironmentAsync(path, cancellationToken).ConfigureAwait(false) is not { } interpreter)
            return [];
        var found = EnvironmentLibraries.Check(path, interpreter, cancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Warning).ToList();
        return found.Count == 0
            ? [new("libraries", true, $"The native modules in {path} have what they need.")]
            : [.. found.Select(diagnostic => new DoctorFinding("libraries", false, diagnostic.Message, diagnostic.Remedy))];
    }

    private static DoctorFinding Cache(CacheFolder cache)
    {
        var probe = Path.Combine(cache.Root, $"doctor.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(cache.Root);
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return new("cache", true, $"{cache.Root} can be written.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new("cache", false, $"{cache.Root} cannot be written: {fault.Message}", "Give it to your user, or set VENVBUILD_CACHE to another folder.");
        }
    }

    private static async Task<IReadOnlyList<DoctorFinding>> ManifestAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        if (context.ManifestPath is null && ManifestLocation.Find(context.WorkingDirectory) is null)
            return [new("manifest", true, "There is none here.", "Run 'dotnet pyenv init' to begin one.")];
        try
        {
            var outcome = await CheckVerb.RunAsync(context, cancellationToken).ConfigureAwait(false);
            var isCurrent = outcome.State == LockState.UpToDate;
            return
            [
                new("manifest", true, $"{outcome.ManifestPath} is right."),
                new("lock", isCurrent, isCurrent ? $"{outcome.LockPath} answers it." : CheckVerb.Explain(outcome).Message, isCurrent ? null : "Run 'dotnet pyenv lock'."),
                .. await LibrariesAsync(context, cancellationToken).ConfigureAwait(false),
            ];
        }
        catch (DiagnosticException fault)
        {
            return [.. fault.Diagnostics.Select(diagnostic => new DoctorFinding("manifest", false, diagnostic.ToString()))];
        }
    }
}

using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Whether the distributions of an environment have what they say that they need, each by its own metadata (Requires-Dist with the markers of the
/// Python that it is for, Requires-Python). Extras are not asked about: an environment does not say which of them somebody wanted.
/// </summary>
internal static class EnvironmentConsistency
{
    /// <summary>Checks layers before anything is made of them.</summary>
    /// <exception cref="DiagnosticException">Something is missing or of a wrong version, and no person asked for that.</exception>
    public static void Check(IReadOnlyList<Layer> layers, MarkerEnvironment markers, SyncOptions options)
    {
        var installed = layers.ToDictionary(layer => layer.Name, layer => layer.Version);
        var python = PackageVersion.Parse(markers.PythonFullVersion.TrimEnd('+'));
        var faults = new List<Diagnostic>?[layers.Count];
        Parallel.For(0, layers.Count, i => faults[i] = FaultsOf(layers[i], installed, markers, python, options));
        var all = faults.SelectMany(found => found ?? []).ToList();
        foreach (var warning in all.Where(fault => fault.Severity != DiagnosticSeverity.Error))
            options.Remark?.Invoke(warning);
        all.RemoveAll(fault => fault.Severity != DiagnosticSeverity.Error);
        if (all.Count > 0)
            throw new DiagnosticException(ExitCode.Integrity, [.. all]);
    }

    private static List<Diagnostic>? FaultsOf(
        Layer layer, Dictionary<PackageName, PackageVersion> installed, MarkerEnvironment markers, PackageVersion version, SyncOptions options)
    {
        var path = $"{layer.Folder}/{Layer.FolderOf(layer.Root)}/{layer.DistInfo}/METADATA";
        CoreMetadata metadata;
        try
        {
            metadata = CoreMetadata.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // The writer finds out whether it is damaged, and has it put right.
            return null;
        }
        catch (PackagingFormatException e)
        {
            return [Diagnostic.Warning(EnvironmentCodes.Inconsistent, $"What {layer.FileName} needs is not known, as its metadata cannot be read: {e.Message}")];
        }

        List<Diagnostic>? faults = null;
        if (metadata.RequiresPython is { } python && !python.Contains(version))
            (faults ??= []).Add(Fault(layer, null, options, $"runs on Python {python}, and this is {version}"));
        foreach (var need in metadata.RequiresDist)
        {
            if (need.Marker?.Evaluate(markers) == false)
                continue;
            if (!installed.TryGetValue(need.Name, out var there))
                (faults ??= []).Add(Fault(layer, need.Name, options, $"needs {need.Name}{need.Specifiers}, which is not there"));
            else if (!need.Specifiers.Contains(there))
                (faults ??= []).Add(Fault(layer, need.Name, options, $"needs {need.Name}{need.Specifiers}, and {there} is there"));
        }

        return faults;
    }

    private static Diagnostic Fault(Layer layer, PackageName? of, SyncOptions options, string what)
    {
        var message = $"{layer.Name} {layer.Version} {what}.";
        if (options.Overridden is not { } overridden)
            return Diagnostic.Warning(EnvironmentCodes.Inconsistent, message);
        return of is { } name && overridden.Contains(name)
            ? Diagnostic.Warning(EnvironmentCodes.Inconsistent, $"{message} pyenv.yaml asks for that (overrides, exclude).")
            : Diagnostic.Error(
                EnvironmentCodes.Inconsistent, message,
                remedy: "The lock and the wheel disagree: make the lock again (dotnet pyenv lock --upgrade), or name what is meant under overrides or exclude in pyenv.yaml.");
    }
}

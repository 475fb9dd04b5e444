using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Whether the native modules of an environment could be loaded: by what they say they need, and without loading them.</summary>
public static class EnvironmentLibraries
{
    /// <summary>Looks at the distributions in an environment of this machine, whoever made it.</summary>
    /// <param name="environment">The environment's folder.</param>
    /// <param name="interpreter">Its interpreter.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>A warning for each distribution that lacks libraries or is not for this machine; remarks on what is missed only by use.</returns>
    /// <exception cref="DiagnosticException">The environment cannot be read.</exception>
    public static IReadOnlyList<Diagnostic> Check(string environment, Interpreter interpreter, CancellationToken cancellationToken = default)
    {
        try
        {
            return new NativeCheck(NativeSystem.Of(interpreter), [.. Installed(environment, VenvLayout.Of(interpreter), cancellationToken)]).Run();
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, environment);
        }
    }

    /// <summary>Looks at layers before anything is made of them, and reports what is wrong.</summary>
    /// <exception cref="DiagnosticException">Something is, and the checks ask that nothing be.</exception>
    internal static void Check(NativeSystem system, IReadOnlyList<Layer> layers, VenvLayout layout, string cacheFolder, SyncOptions options)
    {
        var errors = new List<Diagnostic>();
        foreach (var found in NativeCheck.Run(system, layers, layout, cacheFolder))
        {
            // What another machine has cannot be known here; that a module is not for it can.
            if (options.RequiresLibraries && found.Severity == DiagnosticSeverity.Warning && (system.IsHere || found.Code == EnvironmentCodes.ModuleUnfit))
                errors.Add(found with { Severity = DiagnosticSeverity.Error });
            else
                options.Remark?.Invoke(found);
        }

        if (errors.Count > 0)
            throw new DiagnosticException(ExitCode.BuildFailed, [.. errors]);
    }

    /// <summary>Looks at the modules of an interpreter of the store: it was made on a machine that may have had libraries that this one has not.</summary>
    internal static void CheckPython(Interpreter interpreter, string cacheFolder, SyncOptions options)
    {
        if (!StoredInterpreter.IsOne(cacheFolder, interpreter.Executable))
            return;
        foreach (var found in OfPython(NativeSystem.Of(interpreter), $"Python {interpreter.Version}", interpreter.BasePrefix, interpreter.StandardLibrary))
            options.Remark?.Invoke(found);
    }

    /// <summary>What the modules of an interpreter's own library lack.</summary>
    internal static IReadOnlyList<Diagnostic> OfPython(NativeSystem system, string title, string prefix, string standardLibrary)
    {
        var files = new List<(string, NativeModule)>();
        foreach (var folder in (string[])[Path.Combine(standardLibrary, "lib-dynload"), Path.Combine(prefix, "lib")])
        {
            foreach (var path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.so*").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
            {
                if (Images(path) is { Count: > 0 } images)
                    files.Add((Path.GetRelativePath(prefix, path).Replace('\\', '/'), new(InstallScheme.Platlib, Path.GetFileName(path), images)));
            }
        }

        return files.Count == 0 ? [] : new NativeCheck(system, [new(PackageName.Parse("python"), title, files, () => null)]).Run();
    }

    /// <summary>The distributions of an environment, by the RECORDs in it.</summary>
    private static IEnumerable<NativeDistribution> Installed(string environment, VenvLayout layout, CancellationToken cancellationToken)
    {
        var site = Path.Combine(environment, layout.SitePackages);
        if (!Directory.Exists(site))
            yield break;
        foreach (var folder in Directory.EnumerateDirectories(site, "*.dist-info").Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var record = Path.Combine(folder, "RECORD");
            var title = Path.GetFileNameWithoutExtension(folder).Replace('-', ' ');
            if (!File.Exists(record) || !PackageName.TryParse(title.Split(' ')[0], out var name))
                continue;
            var files = new List<(string, NativeModule)>();
            foreach (var path in File.ReadLines(record).Select(row => row.Split(',')[0].Trim('"')))
            {
                var full = Path.GetFullPath(Path.Combine(site, path));
                if (NativeModule.IsLikely(path.AsSpan()) && File.Exists(full) && Images(full) is { Count: > 0 } images)
                    files.Add((Path.GetRelativePath(environment, full).Replace('\\', '/'), new(InstallScheme.Platlib, path, images)));
            }

            yield return new(name, title, files, () => Metadata(folder));
        }
    }

    private static byte[]? Metadata(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, "METADATA"));
        return file.Exists && file.Length <= WheelLimits.Default.MaxMetadataBytes ? File.ReadAllBytes(file.FullName) : null;
    }

    private static IReadOnlyList<NativeImage> Images(string path)
    {
        using var handle = File.OpenHandle(path);
        return NativeImage.Read(handle);
    }
}

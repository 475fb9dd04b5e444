using VenvBuild.Environments;

namespace VenvBuild.Workspace;

/// <summary>Bundles as the verbs write them: checked where that can be done here, and left alone where they are right already.</summary>
internal static class BundleFile
{
    /// <summary>Runs the manifest's checks in an environment made for that alone.</summary>
    public static async Task CheckAsync(BuildSettings settings, EnvironmentPlan plan, Interpreter interpreter, CancellationToken cancellationToken)
    {
        if (settings.Options.Checks.Count == 0)
            return;
        var folder = Directory.CreateTempSubdirectory("pyenv-check-");
        try
        {
            await new EnvironmentInstaller(settings.Cache.Root)
                .SyncAsync(plan, interpreter, Path.Combine(folder.FullName, "env"), settings.Source, settings.Options, settings.Progress, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Writes the bundle, unless the file is that bundle. Answers whether it was written.</summary>
    public static async Task<bool> WriteAsync(EnvironmentBuild build, string path, CancellationToken cancellationToken)
    {
        if (IsBundleOf(build.Manifest, path))
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await BundleWriter.WriteFileAsync(build, path, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Whether the file is the bundle of that environment.</summary>
    public static bool IsBundleOf(EnvironmentManifest manifest, string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            using var bundle = BundleReader.Open(path);
            return bundle.Manifest.ToUtf8Bytes().AsSpan().SequenceEqual(manifest.ToUtf8Bytes());
        }
        catch (Packaging.DiagnosticException)
        {
            return false;
        }
    }
}

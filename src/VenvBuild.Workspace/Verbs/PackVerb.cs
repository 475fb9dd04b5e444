using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary><c>pack</c>: puts the environment of this machine into one file, from which others unpack it without any index.</summary>
public static class PackVerb
{
    /// <summary>Packs.</summary>
    /// <exception cref="DiagnosticException">As for <c>sync</c>; or a check failed, and no file was written.</exception>
    public static async Task<PackOutcome> RunAsync(WorkspaceContext context, PackOptions options, CancellationToken cancellationToken)
    {
        var output = Path.GetFullPath(options.Output, context.WorkingDirectory);
        if (Directory.Exists(output))
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, $"'{options.Output}' is a folder, and pack writes a file.", remedy: "Name a file with -o, such as reporting.bundle."));
        using var signing = EnvironmentSigning.Open(context, options.Sign, options.Passphrase, builder: null);
        var settings = await BuildSettings.OpenAsync(context, options.Sync, cancellationToken).ConfigureAwait(false);
        await using (settings.ConfigureAwait(false))
        {
            var path = SyncVerb.EnvironmentPath(context, settings.Manifest, options.Sync);
            var wanted = new PlanRequest(settings.Document, settings.Groups, settings.Manifest.Environment.CompilesBytecode, options.Sync.Python, path, settings.Builds);
            var (interpreter, plan) = await new PythonSupply(context, settings.Manifest, settings.Cache).ChooseAsync(wanted, cancellationToken).ConfigureAwait(false);
            await BundleFile.CheckAsync(settings, plan, interpreter, cancellationToken).ConfigureAwait(false);
            using var made = await new EnvironmentBuilder(settings.Cache.Root)
                .BuildAsync(plan, interpreter, settings.Source, settings.Options, settings.Progress, cancellationToken).ConfigureAwait(false);
            var build = settings.Describe(made);
            var (whole, making) = options.WithPython
                ? await new CarriedInterpreter(settings.Cache.Root) { Remark = context.Report }.AddAsync(build, interpreter, cancellationToken).ConfigureAwait(false)
                : (build, null);
            using (making)
            {
                // Signatures of what the file was before would only mislead.
                if (await BundleFile.WriteAsync(whole, output, cancellationToken).ConfigureAwait(false))
                    File.Delete(EnvironmentSigning.PathOf(output));
                if (signing is not null)
                    await AtomicFile.WriteAsync(EnvironmentSigning.PathOf(output), SignatureFile.Write([signing.Sign(whole.Manifest, settings.Document)]), cancellationToken).ConfigureAwait(false);
            }

            return new(output, new FileInfo(output).Length, plan.Key.ToString(), plan.Target.Platform.RuntimeIdentifier, plan.Target.Python.ToString(), plan.Wheels.Count);
        }
    }
}

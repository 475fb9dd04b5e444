using System.Collections.Concurrent;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Holds an installed environment against what was installed: every file that layers and the tool itself put there, and whatever else is there.
/// Nothing is run, nothing of the environment is believed for its own word alone, and nobody is asked over the network.
/// </summary>
/// <remarks>
/// The lists of files come from this machine's store; where it has not got a layer (pruned, or another machine), from the environment's own
/// RECORD. With a description (an environment that came from elsewhere), the digest of every layer is computed anew from list and files, so
/// that the two are proven whoever kept the list. Modules that Python compiled itself are told apart: Python holds those against their source's
/// time and size, or its hash; one that it would take unchecked is a finding.
/// </remarks>
public static class EnvironmentVerification
{
    /// <summary>Holds an environment against what was installed.</summary>
    /// <param name="path">The environment's folder.</param>
    /// <param name="cacheFolder">The cache, whose store may have the lists of files.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">
    /// It is no environment of this tool (exit code 2); what it says of itself contradicts itself, or its description is refused (exit code 4);
    /// it cannot be read.
    /// </exception>
    public static EnvironmentProof Run(string path, string cacheFolder, CancellationToken cancellationToken = default)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            return Verify(new InstalledEnvironment(folder), cacheFolder, cancellationToken);
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions is [var only, ..])
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(StorageFault.IsStorage(only) ? StorageFault.Explain(only, folder) : only);
            throw;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder);
        }
    }

    private static EnvironmentProof Verify(InstalledEnvironment environment, string cacheFolder, CancellationToken cancellationToken)
    {
        var (record, files) = (environment.Record, new FileVerification(environment));
        var (wheels, frame) = (new LayerVerification(environment, files, cacheFolder), new FrameVerification(environment, files));
        foreach (var own in (ReadOnlySpan<string>)[EnvironmentState.FileName, EnvironmentRecord.ManifestName, EnvironmentRecord.SignaturesName])
            files.Expect(own, null);
        var width = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 2, 8), CancellationToken = cancellationToken };
        Parallel.ForEach(Partitioner.Create(record.Plan.Wheels, EnumerablePartitionerOptions.NoBuffering), width, wheel => wheels.Check(wheel, cancellationToken));
        // Commands of Windows are made of launchers that may be in one of the layers.
        Layer[] layers = [.. wheels.Layers];
        foreach (var layer in layers)
            frame.CheckCommands(layer, layers);
        frame.Check(cancellationToken);
        files.FindAdded(cancellationToken);
        var signatures = EnvironmentRecord.ReadBytes(environment.Folder, EnvironmentRecord.SignaturesName);
        return new()
        {
            Path = environment.Folder,
            Plan = record.Plan,
            // What was made here for another machine describes itself, and came from nobody who could have signed it.
            Manifest = record.IsForElsewhere && signatures is null ? null : environment.Manifest,
            Signatures = signatures is null ? default(ReadOnlyMemory<byte>?) : signatures,
            Interpreter = environment.HasPython ? null : record.Executable,
            Files = files.Count,
            OwnBytecode = files.OwnBytecode,
            Findings = files.Findings,
        };
    }
}

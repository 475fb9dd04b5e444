using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Server;

/// <summary>
/// Completes a plan by wheels that are built on this worker. Each is kept in the worker's own store, by the sdist's digest, the target and the pins
/// that it was built with; what others see of it is the finished environment, published as any other.
/// </summary>
internal sealed class WorkerBuilds(SourceBuilds builds, WorkerPythons pythons, TimeProvider clock)
{
    /// <summary>The plan with all of its wheels, and what is to be said of those that were built.</summary>
    /// <exception cref="DiagnosticException">One cannot be built.</exception>
    public async Task<(EnvironmentPlan Plan, IReadOnlyList<BuiltProvenance> Built)> CompleteAsync(BuildQuestion question, PackageIndex index, Action<string> log, CancellationToken cancellationToken)
    {
        if (question.Sources.Count == 0)
            return (question.Plan, []);
        if (!builds.IsOn)
            throw SourceBuilds.Off(question.Sources[0].Package.Name.Value);
        var target = question.Plan.Target;
        var interpreter = await pythons.FindAsync(target, cancellationToken)
            ?? throw SourceBuilds.Refuse($"Sdists cannot be built for {target} on this worker, which has no such Python.", "Install it on the worker, or let the tool build on its own machine.");
        // As the tool chooses what it builds with: nothing newer than the lock's own pins may be.
        await using var requirements = new PackageIndex(index.Options with { ExcludeNewer = ExcludeNewer.CutoffOf(question.Document, clock.GetUtcNow()) });
        var (wheels, made) = (new List<PlannedWheel>(), new List<BuiltProvenance>());
        foreach (var pin in question.Sources)
        {
            var source = SourceOf(pin, index);
            log($"Builds {source.Label} with Python {interpreter.Version}");
            var wheel = await builds.BuildAsync(source, requirements, interpreter, log, cancellationToken);
            log($"Built {wheel.File}, sha256:{wheel.Sha256}");
            wheels.Add(new() { File = wheel.File, Sha256 = wheel.Sha256, Size = wheel.Size, Path = wheel.Path });
            made.Add(BuiltProvenance.Of(wheel, source, interpreter));
        }

        return (question.Plan.With(wheels), made);
    }

    private static BuildSource SourceOf(SelectedPackage pin, PackageIndex index)
    {
        var (package, file) = (pin.Package, pin.File!);
        var digest = Sha256Digest.Parse(file.Hashes.Sha256!);
        // As of wheels: addresses in a lock are not followed.
        return BuildSource.OfSdist(file.Name, package.Name, package.Version, digest, async (stream, token) =>
        {
            var found = await index.FindFileAsync(package.Name, file.Name, digest, token)
                ?? throw SourceBuilds.Refuse($"No index that this server asks has {file.Name} with the SHA-256 that the lock names.", "The tool builds it on its own machine.");
            await index.DownloadAsync(found.Url, digest, file.Size, stream, token);
        });
    }
}

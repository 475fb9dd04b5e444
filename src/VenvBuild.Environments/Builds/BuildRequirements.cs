using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Environments;

/// <summary>Solves what a build needs into wheels for the interpreter that builds.</summary>
internal sealed class BuildRequirements(PackageIndex index, Interpreter interpreter)
{
    /// <summary>The environment that the requirements make, planned. Builds are not built for: every requirement must have a wheel.</summary>
    /// <exception cref="DiagnosticException">The requirements have no common answer, or an index failed.</exception>
    public async Task<EnvironmentPlan> SolveAsync(BuildSource source, IReadOnlyList<Requirement> requirements, CancellationToken cancellationToken)
    {
        var target = interpreter.ToTarget();
        var python = PackageVersion.Parse(interpreter.Markers.PythonFullVersion);
        if (requirements.Count == 0)
            return new(target, [], hasBytecode: true);
        var representative = target.ToMarkerEnvironment(python);
        var versions = VersionSet.Single(python);
        var region = MarkerSet.ForPython(versions)
            .And(MarkerSet.ForField(MarkerFields.SysPlatform, representative.SysPlatform))
            .And(MarkerSet.ForField(MarkerFields.PlatformMachine, representative.PlatformMachine))
            .And(MarkerSet.ForField(MarkerFields.ImplementationName, representative.ImplementationName));
        var request = new ResolutionRequest
        {
            Environments = [new($"the build of {source.Label}", region, representative, versions, [target])],
            Requirements = requirements,
            SeeksRemedies = false,
        };
        try
        {
            var resolution = await PackageResolver.ResolveAsync(request, index, cancellationToken).ConfigureAwait(false);
            var wheels = new List<PlannedWheel>(resolution.Packages.Count);
            foreach (var package in resolution.Packages)
                wheels.Add(await WheelAsync(package, target, cancellationToken).ConfigureAwait(false));
            return new(target, wheels, hasBytecode: true);
        }
        catch (UnsatisfiableException refusal)
        {
            throw new DiagnosticException(
                ExitCode.BuildFailed,
                Diagnostic.Error(
                    BuildCodes.RequirementsUnmet,
                    $"{source.Label} cannot be built: what its build needs ({string.Join(", ", requirements)}) cannot be had. {refusal.Diagnostics[0].Message}",
                    remedy: "Name an index or find-links that has it as wheels, or ask for a version that has a wheel.",
                    detail: refusal.Diagnostics[0].Detail),
                refusal);
        }
    }

    private async Task<PlannedWheel> WheelAsync(ResolvedPackage package, Target target, CancellationToken cancellationToken)
    {
        var file = package.Release.Files
            .Where(file => file.Wheel is not null && target.Tags.Rank(file.Wheel) is not null)
            .OrderBy(file => file.IsYanked).ThenBy(file => target.Tags.Rank(file.Wheel!)).ThenByDescending(file => file.Wheel!.Build).First();
        var digest = file.Sha256 ?? await index.DownloadAsync(file.Url, null, file.Size, Stream.Null, cancellationToken).ConfigureAwait(false);
        return new() { File = file.Wheel!, Sha256 = digest, Size = file.Size, Url = file.Url, Index = package.Index };
    }
}

using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Plans the environment of a lock for an interpreter.</summary>
internal static class LockPlan
{
    /// <summary>The interpreter and the plan: of the interpreters that fit, the best one that the lock has files for.</summary>
    public static (Interpreter Interpreter, EnvironmentPlan Plan) Of(
        LockDocument document, IReadOnlyList<Interpreter> interpreters, IReadOnlyCollection<ExtraName>? groups, bool hasBytecode)
    {
        DiagnosticException? first = null;
        foreach (var interpreter in interpreters)
        {
            try
            {
                return (interpreter, Of(document, interpreter, groups, hasBytecode));
            }
            catch (DiagnosticException refusal)
            {
                first ??= refusal;
            }
        }

        throw first!;
    }

    private static EnvironmentPlan Of(LockDocument document, Interpreter interpreter, IReadOnlyCollection<ExtraName>? groups, bool hasBytecode)
    {
        var target = interpreter.ToTarget();
        var selected = LockSelection.Select(document, interpreter.Markers, target.Tags, groups: groups);
        return new(target, selected.Select(Plan), hasBytecode);
    }

    private static PlannedWheel Plan(SelectedPackage selected)
    {
        var package = selected.Package;
        if (selected.File is not { Wheel: { } wheel } file)
        {
            throw new DiagnosticException(ExitCode.BuildFailed, Diagnostic.Error(
                WorkspaceCodes.NeedsBuild,
                $"{package.Name} {package.Version} has only a source for this interpreter, and building is not there yet in this version.",
                package.Location,
                "Lock a version that has a wheel, or use a Python that it has one for."));
        }

        if (file.Hashes.Sha256 is not { } digest)
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                WorkspaceCodes.NoDigest, $"The lock has no SHA-256 for {file.Name}.", file.Location, "Run 'dotnet pyenv lock' to write it again."));
        }

        return new()
        {
            File = wheel,
            Sha256 = Sha256Digest.Parse(digest),
            Size = file.Size,
            Url = file.Url,
            Path = file.Path,
            Index = package.Index,
        };
    }
}

using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Whether an interpreter can serve what was planned, here or elsewhere.</summary>
internal static class InterpreterFit
{
    /// <exception cref="DiagnosticException">It is another Python.</exception>
    public static void Check(EnvironmentPlan plan, Interpreter interpreter)
    {
        var target = plan.Target;
        if (interpreter.Major == target.Python.Major && interpreter.Minor == target.Python.Minor
            && interpreter.IsFreeThreaded == target.IsFreeThreaded && interpreter.Markers.ImplementationName == target.Implementation)
        {
            return;
        }

        throw DoesNotFit($"The environment is planned for {target}, and {interpreter} is another Python.", "Plan for this interpreter, or name one that fits with --python.");
    }

    /// <exception cref="DiagnosticException">It is another Python, on another platform, or on a system that the wheels are too new for.</exception>
    public static void Check(EnvironmentManifest manifest, Interpreter interpreter)
    {
        Check(manifest.ToPlan(), interpreter);
        var here = interpreter.ToTarget();
        if (here.Platform.RuntimeIdentifier != manifest.Target.Platform.RuntimeIdentifier)
        {
            throw DoesNotFit(
                $"The environment is for {manifest.Target}, and {interpreter} runs on {here.Platform.RuntimeIdentifier}.",
                $"Build one for this platform: dotnet pyenv build --platform {here.Platform.RuntimeIdentifier}.");
        }

        foreach (var layer in manifest.Layers)
        {
            if (here.Tags.Rank(layer.Wheel) is null)
            {
                throw DoesNotFit(
                    $"{layer.Wheel} does not run on this system ({here.Platform}), so the environment does not either.",
                    "Build the environment with this system as a platform of the manifest (platforms: a finer floor), or use a newer system.");
            }
        }
    }

    private static DiagnosticException DoesNotFit(string message, string remedy) =>
        new(ExitCode.Usage, Diagnostic.Error(EnvironmentCodes.InterpreterDoesNotFit, message, remedy: remedy));
}

using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>The real interpreters of this machine, asked once for all tests.</summary>
internal static class Pythons
{
    private static readonly Lazy<Task<IReadOnlyList<Interpreter>>> Found = new(() =>
        new InterpreterFinder(Directory.CreateTempSubdirectory("venvbuild-test-pythons-").FullName).ListAsync());

    public static async Task<IReadOnlyList<Interpreter>> AllAsync()
    {
        var all = await Found.Value;
        Require.That(all.Count > 0, "a CPython of 3.9 or newer");
        return all;
    }

    public static async Task<Interpreter> BestAsync() => (await AllAsync())[0];

    public static async Task<string> RunAsync(string executable, params string[] arguments)
    {
        var result = await CliWrap.Buffered.BufferedCommandExtensions.ExecuteBufferedAsync(
            CliWrap.Cli.Wrap(executable).WithArguments(arguments).WithEnvironmentVariables(new Dictionary<string, string?> { ["PYTHONHOME"] = null, ["PYTHONPATH"] = null })
                .WithValidation(CliWrap.CommandResultValidation.None),
            TestContext.Current.CancellationToken);
        return result.ExitCode == 0 ? result.StandardOutput.Trim() : $"exit {result.ExitCode}: {result.StandardError}";
    }

    public static EnvironmentPlan Plan(Interpreter interpreter, params PlannedWheel[] wheels) => new(interpreter.ToTarget(), wheels);
}

using System.Globalization;
using System.Text;
using CliWrap;

namespace VenvBuild.Benchmarks;

/// <summary>A command, where and how it runs, and what is put back before each run.</summary>
internal sealed record Measured(string Folder, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string?> Environment)
{
    // Runs the command and says how long it took and how much memory it held at most. Python's own start is not in the time; as a process
    // inherits the mark of the one that started it, no memory below Python's own (some 10 MiB) is ever shown.
    private const string Stopwatch = """
        import resource, subprocess, sys, time
        begin = time.perf_counter()
        code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
        took = time.perf_counter() - begin
        print(took * 1000, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1048576 if sys.platform == "darwin" else 1024))
        sys.exit(code)
        """;

    /// <summary>What is done before each run and not measured.</summary>
    public Func<CancellationToken, Task> Prepare { get; init; } = static _ => Task.CompletedTask;


    /// <summary>Runs once.</summary>
    /// <exception cref="RunFailedException">The command failed, or could not be started.</exception>
    public async Task<Sample> RunAsync(CancellationToken cancellationToken)
    {
        await Prepare(cancellationToken);
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        var result = await Cli.Wrap("python3")
            .WithArguments(["-I", "-S", "-c", Stopwatch, .. Command])
            .WithWorkingDirectory(Folder)
            .WithEnvironmentVariables(Environment)
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            await Console.Error.WriteLineAsync($"{string.Join(' ', Command)}\n{errors}".AsMemory(), cancellationToken);
            throw new RunFailedException($"{Path.GetFileName(Command[0])} {Command.ElementAtOrDefault(1)} ended with {result.ExitCode}: {FirstLine(errors)}");
        }

        var figures = output.ToString().Split(' ');
        return new(double.Parse(figures[0], CultureInfo.InvariantCulture), double.Parse(figures[1], CultureInfo.InvariantCulture));
    }

    private static string FirstLine(StringBuilder errors) =>
        errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "it said nothing";
}

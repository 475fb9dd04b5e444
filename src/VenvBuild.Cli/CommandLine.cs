using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;

namespace VenvBuild.Cli;

/// <summary>The tree of verbs, and the way from arguments to an exit code.</summary>
internal static class CommandLine
{
    private const string Purpose =
        "Makes the Python environment of a .NET project a build output: declared in pyenv.yaml, pinned in pylock.toml, built once, the same everywhere.";

    /// <summary>The verbs, in the order in which <c>--help</c> lists them. A verb is listed when all of it works.</summary>
    internal static Command[] Verbs() =>
    [
        new InitCommand(),
        new AddCommand(),
        new RemoveCommand(),
        new LockCommand(),
        new CheckCommand(),
        new VerifyCommand(),
        new SyncCommand(),
        new RunCommand(),
        new BuildCommand(),
        new PackCommand(),
        new PublishCommand(),
        new UnpackCommand(),
        new PushCommand(),
        new PullCommand(),
        new Command("key", "Looks after the keys that environments are signed with.") { new KeyNewCommand(), new KeyShowCommand(), new KeyRotateCommand() },
        new TreeCommand(),
        new WhyCommand(),
        new OutdatedCommand(),
        new AuditCommand(),
        new ExportCommand(),
        new Command("python", "Looks after Python interpreters.") { new PythonListCommand(), new PythonInstallCommand() },
        new Command("cache", "Looks after what was kept so that it need not be fetched or computed again.") { new CacheInfoCommand(), new CacheVerifyCommand(), new CachePruneCommand() },
        new DoctorCommand(),
        new ExplainCommand(),
    ];

    /// <summary>Does what the arguments ask, and answers the exit code of the process.</summary>
    public static Task<int> RunAsync(string[] arguments, Streams streams) => RunAsync(Verbs(), arguments, streams);

    internal static async Task<int> RunAsync(IEnumerable<Command> verbs, string[] arguments, Streams streams)
    {
        var parsed = Parse(verbs, arguments);
        var errors = UsageErrors.Find(parsed);
        if (parsed.Action is null && errors.Count == 0 && parsed.CommandResult.Command is Verb verb)
        {
            using var cancellation = new CancellationTokenSource();
            using var interrupt = CancelOn(PosixSignal.SIGINT, cancellation);
            using var terminate = CancelOn(PosixSignal.SIGTERM, cancellation);
            return await verb.InvokeAsync(parsed, streams, cancellation.Token);
        }

        if (errors.Count > 0)
            return (int)UsageErrors.Report(parsed, errors, streams);
        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = streams.Output, Error = streams.Error });
        await streams.Output.FlushAsync();
        return exitCode;
    }

    internal static ParseResult Parse(IEnumerable<Command> verbs, string[] arguments)
    {
        var root = Root(verbs);
        return root.Parse(TrailingCommand.Separate(arguments, root), new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    private static RootCommand Root(IEnumerable<Command> verbs)
    {
        var root = new RootCommand(Purpose);
        foreach (var option in GlobalOptions.All)
            root.Options.Add(option);
        foreach (var verb in verbs)
            root.Subcommands.Add(verb);
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction sections } help)
                help.Action = new HelpPage(sections);
            else if (option is VersionOption version)
                version.Action = new VersionAction();
        }

        return root;
    }

    /// <summary>The first signal cancels and lets the verb tidy up; a second one ends the process at once.</summary>
    private static PosixSignalRegistration CancelOn(PosixSignal signal, CancellationTokenSource cancellation) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            if (cancellation.IsCancellationRequested)
                return;
            context.Cancel = true;
            cancellation.Cancel();
        });
}

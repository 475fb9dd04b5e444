using System.CommandLine;

namespace VenvBuild.Cli;

/// <summary>A verb that starts another command: what follows that command's name is not ours to read.</summary>
internal static class TrailingCommand
{
    /// <summary>Puts <c>--</c> before the command in <c>run --python 3.12 pytest -q</c>, unless it is there already.</summary>
    public static string[] Separate(string[] arguments, RootCommand root)
    {
        if (root.Subcommands.FirstOrDefault(verb => verb.Name == "run") is not { } run)
            return arguments;
        var verb = FirstWord(arguments, 0, root.Options);
        if (verb == arguments.Length || arguments[verb] != run.Name)
            return arguments;
        var command = FirstWord(arguments, verb + 1, [.. run.Options, .. root.Options]);
        return command == arguments.Length || arguments[command] == "--" ? arguments : [.. arguments[..command], "--", .. arguments[command..]];
    }

    /// <summary>The index of the first argument that is neither an option nor an option's value; <c>--</c> counts as such.</summary>
    private static int FirstWord(string[] arguments, int start, IList<Option> options)
    {
        var i = start;
        while (i < arguments.Length && arguments[i].StartsWith('-') && arguments[i] != "--")
            i += TakesValue(arguments[i], options) ? 2 : 1;
        return Math.Min(i, arguments.Length);
    }

    private static bool TakesValue(string argument, IEnumerable<Option> options) =>
        options.Any(option => option.Arity.MinimumNumberOfValues > 0 && (option.Name == argument || option.Aliases.Contains(argument)));
}

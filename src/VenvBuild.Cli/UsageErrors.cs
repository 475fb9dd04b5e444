using System.CommandLine;
using System.CommandLine.Parsing;
using VenvBuild.Packaging;

namespace VenvBuild.Cli;

/// <summary>Arguments that the tree of verbs does not understand.</summary>
internal static class UsageErrors
{
    /// <summary>What is wrong with the arguments, a sentence each.</summary>
    public static IReadOnlyList<string> Find(ParseResult parsed) =>
        parsed.Errors.Count > 0 ? [.. parsed.Errors.Select(error => error.Message)] : [.. OptionsWithoutValue(parsed), .. UnknownOptions(parsed).Select(option => $"There is no option '{option}'.")];

    /// <summary>Says what is wrong with the arguments and what was perhaps meant.</summary>
    public static ExitCode Report(ParseResult parsed, IReadOnlyList<string> errors, Streams streams)
    {
        var settings = GlobalOptions.Read(parsed);
        var writer = DiagnosticWriter.For(settings.Diagnostics, streams);
        var diagnostics = errors.Select(error => Diagnostic.Error(CliCodes.Usage, error, remedy: Remedy(parsed))).ToList();
        foreach (var diagnostic in diagnostics)
            writer.Write(diagnostic);
        if (settings.IsJson)
            streams.Output.WriteLine(JsonReport.Write(VerbName(parsed), (int)ExitCode.Usage, diagnostics, result: null));
        streams.Output.Flush();
        return ExitCode.Usage;
    }

    private static string Remedy(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var help = $"'dotnet pyenv {VerbName(parsed)}".TrimEnd() + " --help' says what can be asked.";
        if (parsed.UnmatchedTokens.Concat(UnknownOptions(parsed)).FirstOrDefault() is not { } unknown)
            return help;
        var known = command.Subcommands.Select(verb => verb.Name)
            .Concat(command.Options.Select(option => option.Name))
            .Concat(GlobalOptions.All.Select(option => option.Name));
        return Near(unknown, known) is { } near ? $"Did you mean '{near}'? {help}" : help;
    }

    /// <summary>The parser takes the next word for the value of an option whatever it is: in <c>--group --locked</c> that cannot be meant.</summary>
    private static IEnumerable<string> OptionsWithoutValue(ParseResult parsed) =>
        from result in parsed.CommandResult.Children.OfType<OptionResult>()
        from token in result.Tokens
        where Array.Exists([.. parsed.CommandResult.Command.Options, .. GlobalOptions.All], option => option.Name == token.Value)
        select $"Option '{result.Option.Name}' has no value: '{token.Value}', which follows it, is an option itself.";

    /// <summary>The parser takes an option that it does not know for the verb's argument; only behind <c>--</c> can that be meant.</summary>
    private static IEnumerable<string> UnknownOptions(ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .Where(token => token.Type == TokenType.Argument && token.Value is ['-', _, ..])
        .Select(token => token.Value)
        .Intersect(parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens).Select(token => token.Value), StringComparer.Ordinal);

    private static string VerbName(ParseResult parsed) => parsed.CommandResult.Command switch
    {
        Verb verb => verb.FullName,
        RootCommand => "",
        var group => group.Name,
    };

    /// <summary>The word that differs from <paramref name="text"/> by the fewest typing errors, when those are few for its length.</summary>
    private static string? Near(string text, IEnumerable<string> words) => words
        .Select(word => (Word: word, Distance: EditDistance.Between(text, word)))
        .Where(candidate => candidate.Distance <= Math.Max(1, candidate.Word.Length / 3))
        .OrderBy(candidate => candidate.Distance)
        .Select(candidate => candidate.Word)
        .FirstOrDefault();
}

using System.CommandLine;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Cli;

/// <summary>How a passphrase reaches the tool: from a file, from the environment, or from a person who is asked. It is never an argument, which others can see.</summary>
internal sealed class PassphraseOptions
{
    private const string Variable = "VENVBUILD_KEY_PASSPHRASE";

    private readonly Option<string?> _file = new("--passphrase-file")
    {
        Description = $"A file whose first line is the key's passphrase. Default: {Variable}, else the question.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _none = new("--no-passphrase") { Description = "Leave the new key unencrypted, as for a machine that signs by itself." };

    /// <summary>Gives the options of a verb that opens a key.</summary>
    public void AddTo(Command verb) => verb.Options.Add(_file);

    /// <summary>Gives the options of a verb that makes a key.</summary>
    public void AddNewTo(Command verb)
    {
        verb.Options.Add(_file);
        verb.Options.Add(_none);
    }

    /// <summary>The passphrase of a key that is there; null when nobody can say it.</summary>
    public string? Read(ParseResult arguments) =>
        Given(arguments) ?? (IsPerson ? Ask("Passphrase of the key: ") : null);

    /// <summary>The passphrase for a new key; null for none.</summary>
    public string? ReadNew(ParseResult arguments)
    {
        if (arguments.GetValue(_none))
            return null;
        if (Given(arguments) is { } given)
            return given;
        if (!IsPerson)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                CliCodes.Usage, "A key is made with a passphrase, and there is nobody to ask for one.",
                remedy: $"Put it into {Variable} or a file (--passphrase-file), or say --no-passphrase."));
        }

        var first = Ask("Passphrase for the new key: ");
        if (first.Length > 0 && first == Ask("Once more: "))
            return first;
        throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
            CliCodes.Usage, first.Length == 0 ? "The passphrase is empty." : "The passphrases differ.", remedy: "Run it again; --no-passphrase makes a key without one."));
    }

    private static bool IsPerson => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    private string? Given(ParseResult arguments)
    {
        if (arguments.GetValue(_file) is { } file)
            return File.ReadLines(file).FirstOrDefault() is { Length: > 0 } line ? line : throw Empty(file);
        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } said ? said : null;
    }

    private static DiagnosticException Empty(string file) => new(ExitCode.Usage, Diagnostic.Error(
        CliCodes.Usage, "The file's first line, which should be the passphrase, is empty.", new(file), "Name another file."));

    private static string Ask(string question)
    {
        Console.Error.Write(question);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
                break;
            if (key.Key != ConsoleKey.Backspace)
                typed.Append(key.KeyChar);
            else if (typed.Length > 0)
                typed.Length--;
        }

        Console.Error.Write('\n');
        return typed.ToString();
    }
}

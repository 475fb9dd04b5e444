using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What must go well in a finished environment before anybody sees it: a command, or one of two checks that have a name.</summary>
/// <param name="Command">
/// The command line: words, with double or single quotes where one holds spaces. No shell reads it. Or <see cref="Imports"/>, or <see cref="Libraries"/>.
/// </param>
/// <param name="Timeout">How long it may take.</param>
public sealed record EnvironmentCheck(string Command, TimeSpan Timeout)
{
    /// <summary>How long a check may take when nobody says otherwise.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Whether any of the checks runs something in the environment.</summary>
    internal static bool HasCommands(IReadOnlyList<EnvironmentCheck> checks) => checks.Any(check => check.Command != Libraries);

    /// <summary>Imports every top-level module of every distribution; <c>imports except NAME NAME</c> leaves some out, with what is below them.</summary>
    public const string Imports = "imports";

    /// <summary>Refuses an environment whose native modules need what the loader does not find; without it, that is warned of.</summary>
    public const string Libraries = "libraries";

    private const string ImportsExcept = Imports + " except ";

    /// <summary>Checks with the usual time-out.</summary>
    public static IReadOnlyList<EnvironmentCheck> Of(IEnumerable<string> commands) => [.. commands.Select(command => new EnvironmentCheck(command, DefaultTimeout))];

    /// <summary>What an environment remembers of the checks that went well in it; null where there are none.</summary>
    internal static string? DigestOf(IReadOnlyList<EnvironmentCheck> checks) =>
        checks.Count == 0 ? null : Sha256Digest.Of(Encoding.UTF8.GetBytes(string.Join('\0', checks.Select(check => check.Command)))).ToString();

    /// <summary>The words of the command line; null where a quote does not end.</summary>
    internal List<string>? Words()
    {
        if (Command == Imports || Command.StartsWith(ImportsExcept, StringComparison.Ordinal))
            return ["python", "-I", "-B", "-c", ImportCheck.Program, .. Command[Math.Min(Command.Length, ImportsExcept.Length)..].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)];
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, isWord) = ('\0', false);
        foreach (var c in Command)
        {
            if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                (quote, isWord) = (quote == '\0' ? c : '\0', true);
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isWord)
                    words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        if (isWord)
            words.Add(word.ToString());
        return quote == '\0' ? words : null;
    }
}

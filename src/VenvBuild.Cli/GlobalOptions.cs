using System.CommandLine;
using System.CommandLine.Parsing;

namespace VenvBuild.Cli;

/// <summary>The options that every verb takes.</summary>
internal static class GlobalOptions
{
    private static readonly Option<string?> Manifest = new("--manifest")
    {
        Description = "The manifest. Default: pyenv.yaml here or in the nearest folder above.",
        HelpName = "FILE",
        Recursive = true,
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Write one JSON document to stdout; all else goes to stderr.",
        Recursive = true,
    };

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Only errors and warnings.", Recursive = true };

    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Say what is done and why.", Recursive = true };

    private static readonly Option<bool> NoServer = new("--no-server")
    {
        Description = "Do all work here, even where the manifest names a server.",
        Recursive = true,
    };

    private static readonly Option<Uri?> Server = new("--server")
    {
        Description = "A resolver server, instead of the manifest's.",
        HelpName = "URL",
        Recursive = true,
        CustomParser = WebAddress,
    };

    private static readonly Option<bool> Offline = new("--offline") { Description = "Use no network: only what is cached or in folders.", Recursive = true };

    private static readonly Option<Uri?> IndexUrl = new("--index-url")
    {
        Description = "A package index, instead of the manifest's, for this run.",
        HelpName = "URL",
        Recursive = true,
        CustomParser = WebAddress,
    };

    private static readonly Option<bool> Sandbox = new("--sandbox")
    {
        Description = "Keep builds of wheels from the network and the home folder; refuse them where this machine cannot.",
        Recursive = true,
    };

    private static readonly Option<DiagnosticStyle> Diagnostics = new("--diagnostics")
    {
        Description = "How to write errors and warnings: text (for people), msbuild (one line each). Default: text on a terminal, else msbuild.",
        HelpName = "STYLE",
        Recursive = true,
        CustomParser = Style,
    };

    public static IEnumerable<Option> All => [Manifest, Json, Quiet, Verbose, NoServer, Server, Offline, IndexUrl, Sandbox, Diagnostics];

    /// <summary>What the arguments say. A word that was wrong counts as not given, so that the complaint about it has the asked-for form.</summary>
    public static GlobalSettings Read(ParseResult parsed) => new()
    {
        Manifest = Value(parsed, Manifest),
        IsJson = Value(parsed, Json),
        Verbosity = Value(parsed, Verbose) ? Verbosity.Verbose : Value(parsed, Quiet) ? Verbosity.Quiet : Verbosity.Normal,
        NoServer = Value(parsed, NoServer),
        Server = Value(parsed, Server),
        Offline = Value(parsed, Offline),
        IndexUrl = Value(parsed, IndexUrl),
        Sandbox = Value(parsed, Sandbox),
        Diagnostics = Value(parsed, Diagnostics),
    };

    private static T? Value<T>(ParseResult parsed, Option<T> option) =>
        parsed.GetResult(option) is { } result && !result.Errors.Any() ? result.GetValueOrDefault<T>() : default;

    private static Uri? WebAddress(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        argument.AddError($"'{text}' is no http or https URL.");
        return null;
    }

    private static DiagnosticStyle Style(ArgumentResult argument)
    {
        switch (argument.Tokens[0].Value)
        {
            case "text":
                return DiagnosticStyle.Text;
            case "msbuild":
                return DiagnosticStyle.MSBuild;
            default:
                argument.AddError($"'{argument.Tokens[0].Value}' is no style of diagnostics: text or msbuild.");
                return default;
        }
    }
}

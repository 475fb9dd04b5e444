using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary><c>token new NAME --scopes resolve,build</c>, <c>token list</c>, <c>token revoke ID</c>: with the server's own settings and database.</summary>
internal static class TokenCommand
{
    private const string Usage = "token new NAME [--scopes read,resolve,build,push,admin] [--solves-a-day N] [--builds-a-day N] [--stored-megabytes N] | token list | token revoke ID, each with the server's settings.";

    private static readonly Dictionary<string, AccessScopes> Scopes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["read"] = AccessScopes.Read,
        ["resolve"] = AccessScopes.Resolve,
        ["build"] = AccessScopes.Build,
        ["push"] = AccessScopes.Push,
        ["admin"] = AccessScopes.Admin,
    };

    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        var words = args.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var (settings, configuration) = SettingsReader.OfCommand(args[words.Length..]);
        var catalogs = new CatalogFactory(settings);
        var tokens = new TokenStore(catalogs, TimeProvider.System);
        switch (words)
        {
            case ["new", var name]:
                var scopes = Read(configuration["scopes"] ?? "resolve");
                var bounds = new CallerBounds(Count(configuration, "solves-a-day"), Count(configuration, "builds-a-day"), Count(configuration, "stored-megabytes") is { } megabytes ? (long)megabytes << 20 : null);
                await catalogs.PrepareAsync(cancellationToken);
                var (token, text) = await tokens.MakeAsync(name, scopes, bounds, cancellationToken);
                await output.WriteLineAsync(text);
                await output.WriteLineAsync($"Token {token.Id} for '{name}'. It is shown this once: put it into VENVBUILD_SERVER_TOKEN where the client runs.");
                return 0;
            case ["list"]:
                await catalogs.PrepareAsync(cancellationToken);
                foreach (var known in await tokens.ListAsync(cancellationToken))
                {
                    var made = DateTimeOffset.FromUnixTimeMilliseconds(known.Made).ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
                    var granted = string.Join(',', Scopes.Where(scope => known.Scopes.HasFlag(scope.Value)).Select(scope => scope.Key));
                    await output.WriteLineAsync($"{known.Id}  {made}  {(known.Revoked is null ? granted : "revoked")}  {known.Name}");
                }

                return 0;
            case ["revoke", var id]:
                await catalogs.PrepareAsync(cancellationToken);
                return await tokens.RevokeAsync(id, cancellationToken) ? 0 : throw Bad($"There is no token {id}.", "See 'token list'.");
            default:
                throw Bad("This is no command about tokens.", Usage);
        }
    }

    private static int? Count(IConfiguration configuration, string option) => configuration[option] is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : throw Bad($"--{option} is a whole number.", Usage);

    private static AccessScopes Read(string text)
    {
        var scopes = AccessScopes.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            scopes |= Scopes.TryGetValue(word, out var scope) ? scope : throw Bad($"'{word}' is no scope.", Usage);
        return scopes;
    }

    private static DiagnosticException Bad(string message, string remedy) =>
        new(ExitCode.Usage, Diagnostic.Error(ServerCodes.BadArguments, message, remedy: remedy));
}

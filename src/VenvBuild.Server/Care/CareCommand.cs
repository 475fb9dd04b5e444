using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// <c>gc</c>, <c>pin KEY</c>, <c>unpin KEY</c>, <c>backup DIR</c>, <c>restore DIR</c> and <c>verify</c>: with the server's own settings, all but
/// <c>restore</c> also while it runs.
/// </summary>
internal static class CareCommand
{
    private const string Usage =
        "gc [--dry-run=true] [--megabytes=N] | pin KEY | unpin KEY | backup DIR | restore DIR [--replace=true] | verify [--repair=true], each with the server's settings.";

    public static bool Knows(string[] args) => args is ["gc" or "pin" or "unpin" or "backup" or "restore" or "verify", ..];

    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        var words = args.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var (settings, configuration) = SettingsReader.OfCommand([.. args[words.Length..].Select(word => word is "--dry-run" or "--repair" or "--replace" ? word + "=true" : word)]);
        var catalogs = new CatalogFactory(settings);
        var storage = LayerStorage.Of(settings);
        if (words is not ["restore", ..])
            await catalogs.PrepareAsync(cancellationToken);
        switch (words)
        {
            case ["gc"]:
                var budget = configuration["megabytes"] is not { } text ? settings.LayersBudget
                    : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var megabytes) ? megabytes << 20 : throw Bad("--megabytes is a whole number.");
                var report = await new GarbageCollection(settings, catalogs, storage, TimeProvider.System).RunAsync(budget, configuration["dry-run"] == "true", cancellationToken);
                await output.WriteLineAsync(report.ToString());
                if (budget is null)
                    await output.WriteLineAsync($"No budget is set, so only leftovers go: set {ServerSettings.Section}:Care:LayerMegabytes, or say --megabytes=N.");
                return 0;
            case ["pin" or "unpin", var key]:
                await using (var catalog = catalogs.Open())
                {
                    var isPinned = words[0] == "pin";
                    return await catalog.Environments.Where(row => row.Key == key).ExecuteUpdateAsync(row => row.SetProperty(stored => stored.IsPinned, isPinned), cancellationToken) == 1
                        ? 0 : throw Bad($"There is no environment {key}.");
                }

            case ["backup", var folder]:
                var (layers, missing) = await new Backup(settings, catalogs, storage).WriteAsync(folder, cancellationToken);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The database and {layers} layers are in '{Path.GetFullPath(folder)}'{(missing == 0 ? "." : $"; {missing} layers are missing here: see 'verify'.")}"));
                return missing == 0 ? 0 : (int)ExitCode.CheckFailed;
            case ["restore", var folder]:
                var (restored, lacking) = await new Backup(settings, catalogs, storage).RestoreAsync(folder, configuration["replace"] == "true", cancellationToken);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The database and {restored} layers are back{(lacking == 0 ? "." : $"; the backup lacks {lacking}: 'verify --repair' takes out what needs them, so that it is made again.")}"));
                return lacking == 0 ? 0 : (int)ExitCode.CheckFailed;
            case ["verify"]:
                var repairs = configuration["repair"] == "true";
                var damages = await new Verification(catalogs, storage).RunAsync(repairs, cancellationToken);
                foreach (var damage in damages)
                    await output.WriteLineAsync(damage.ToString());
                await output.WriteLineAsync(damages.Count == 0 ? "All is as it should be."
                    : repairs ? "What could be made anew was taken out."
                    : "Take out what can be made anew with 'verify --repair'.");
                return damages.Count == 0 ? 0 : (int)ExitCode.CheckFailed;
            default:
                throw Bad("These arguments make no command.");
        }
    }

    private static DiagnosticException Bad(string message) => new(ExitCode.Usage, Diagnostic.Error(ServerCodes.BadArguments, message, remedy: Usage));
}

using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary><c>export-static DIR</c>: with the server's own settings and database, also while it runs.</summary>
internal static class ExportCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        var words = args.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
        if (words is not [var folder])
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(ServerCodes.BadArguments, "Nothing says where to export to.", remedy: "export-static DIR, with the server's settings."));
        var settings = SettingsReader.OfCommand(args[words.Length..]).Settings;
        var catalogs = new CatalogFactory(settings);
        await catalogs.PrepareAsync(cancellationToken);
        var (locks, environments, layers) = await new StaticExport(folder, catalogs, new(LayerStorage.Of(settings), settings, catalogs, TimeProvider.System)).RunAsync(cancellationToken);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{locks} locks, {environments} environments, {layers} layers. Serve '{Path.GetFullPath(folder)}' as files; its address stands for the server's."));
        return 0;
    }
}

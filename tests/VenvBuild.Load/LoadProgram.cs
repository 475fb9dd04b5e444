using System.Globalization;

namespace VenvBuild.Load;

/// <summary>
/// Loads the server and prints figures: <c>dotnet run -c Release --project tests/VenvBuild.Load -- [WHAT ...]</c>. All of it runs on
/// loopback, in folders that go when it ends, and ends by itself.
/// </summary>
internal static class LoadProgram
{
    private const string Usage = """
        Usage: dotnet run -c Release --project tests/VenvBuild.Load -- [WHAT ...] [--seconds N] [--releases N] [--readers N] [--megabytes N] [--rounds N] [--tool FILE]

        Without WHAT, all:
          catalog   closures over 10,000 and over --releases releases (1,000,000), on SQLite and on PostgreSQL, with the queries' plans
          locks     cached POST /v1/locks beside a bare Kestrel endpoint of the same bytes: requests a second, and times at 80 % of them
          events    --readers (1,000) who follow one build
          layers    a layer of --megabytes (512) downloaded, packed and not, beside reading the file
          client    lock and sync from a warm server, an empty cache, the index 30 ms away, beside uv and pip

          --seconds N   how long each run of 'locks' takes (4)
          --rounds N    how many pairs are run in turn (5)
          --tool FILE   the tool for 'client', published before; else it is published anew
        """;

    public static async Task<int> Main(string[] args)
    {
        if (args is ["bare", var file])
            return await BareServer.RunAsync(file);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        var options = new LoadOptions();
        var asked = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--help" or "-h")
            {
                Console.WriteLine(Usage);
                return 0;
            }

            if (args[i] == "--tool" && i + 1 < args.Length && File.Exists(args[i + 1]))
            {
                options = options with { Tool = Path.GetFullPath(args[++i]) };
                continue;
            }

            if (!args[i].StartsWith('-'))
            {
                asked.Add(args[i]);
                continue;
            }

            if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || options.With(args[i++], number) is not { } changed)
                return Refuse();
            options = changed;
        }

        (string Name, Func<LoadOptions, CancellationToken, Task> Run)[] all =
        [
            ("catalog", CatalogLoad.RunAsync), ("locks", LocksLoad.RunAsync), ("events", EventsLoad.RunAsync), ("layers", LayersLoad.RunAsync), ("client", ClientLoad.RunAsync),
        ];
        if (asked.Exists(name => !Array.Exists(all, load => load.Name == name)))
            return Refuse();
        try
        {
            foreach (var (name, run) in all.Where(load => asked.Count == 0 || asked.Contains(load.Name)))
            {
                Console.WriteLine($"\n## {name}\n");
                await run(options, stop.Token);
            }

            return 0;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private static int Refuse()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}

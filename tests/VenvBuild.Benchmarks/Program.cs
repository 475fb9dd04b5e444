using VenvBuild.Benchmarks;

// dotnet run -c Release --project tests/VenvBuild.Benchmarks [-- NAME ...] [--rounds N] [--tool FILE]
// Prints, for each comparison whose name holds one of NAME, medians and the ratio of ours to the peer's, from pairs run in turn on this
// machine; "parse" alone prints how long documents take to read.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var rounds = 7;
string? tool = null;
var names = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out var asked) && asked > 0)
        (rounds, i) = (asked, i + 1);
    else if (args[i] == "--tool" && i + 1 < args.Length && File.Exists(args[i + 1]))
        (tool, i) = (Path.GetFullPath(args[i + 1]), i + 1);
    else if (args[i][0] == '-')
        return Usage();
    else
        names.Add(args[i]);
}

try
{
    await using var bench = await Bench.PrepareAsync(tool, stop.Token);
    Comparison[] all = [.. StartComparisons.All(bench), .. LockComparisons.All(bench), .. SyncComparisons.All(bench), .. BundleComparisons.All(bench), .. PullComparisons.All(bench), .. MemoryComparisons.All(bench)];
    var chosen = Array.FindAll(all, comparison => IsAsked(comparison.Name));
    if (bench.Tool.Remark is { } remark)
        Console.WriteLine(remark + "\n");
    if (chosen.Length > 0)
    {
        Console.WriteLine("| what | ours, ms | peer, ms | ratio | min..max of the ratio | peak MiB, ours : peer |");
        Console.WriteLine("|---|---|---|---|---|---|");
    }

    foreach (var comparison in chosen)
        Console.WriteLine(await comparison.RunAsync(rounds, stop.Token));
    if (IsAsked("parse"))
        await ParseFigures.PrintAsync(bench, stop.Token);
    return 0;
}
catch (RunFailedException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}

bool IsAsked(string what) => names.Count == 0 || names.Exists(name => what.Contains(name, StringComparison.OrdinalIgnoreCase));

static int Usage()
{
    Console.Error.WriteLine("Usage: [NAME ...] [--rounds N] [--tool FILE]");
    return 2;
}

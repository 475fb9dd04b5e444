using System.Globalization;

namespace VenvBuild.Benchmarks;

/// <summary>Two commands that do the same, run in turn.</summary>
/// <param name="Name">What they do.</param>
/// <param name="Ours">This project's.</param>
/// <param name="Peer">The other tool's.</param>
internal sealed record Comparison(string Name, Measured Ours, Measured Peer)
{
    /// <summary>What both sides need, run once before the first pair.</summary>
    public IReadOnlyList<Measured> First { get; init; } = [];

    /// <summary>The most pairs that are run, for what takes long.</summary>
    public int MostRounds { get; init; } = int.MaxValue;

    /// <summary>One uncounted pair, which fills caches where they are kept, then the counted ones; a row of the table.</summary>
    public async Task<string> RunAsync(int rounds, CancellationToken cancellationToken)
    {
        var ours = new List<Sample>();
        var peer = new List<Sample>();
        try
        {
            foreach (var command in First)
                await command.RunAsync(cancellationToken);
            for (var round = -1; round < Math.Min(rounds, MostRounds); round++)
            {
                // Who goes first changes, so that neither always finds the machine as the other left it.
                var isOursFirst = round % 2 == 0;
                var first = await (isOursFirst ? Ours : Peer).RunAsync(cancellationToken);
                var second = await (isOursFirst ? Peer : Ours).RunAsync(cancellationToken);
                if (round < 0)
                    continue;
                ours.Add(isOursFirst ? first : second);
                peer.Add(isOursFirst ? second : first);
            }
        }
        catch (RunFailedException failure)
        {
            return $"| {Name} | failed | {failure.Message.Replace('|', '/')} | | | |";
        }

        var ratios = ours.Zip(peer, (a, b) => a.Milliseconds / b.Milliseconds).Order().ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {Median(ours.Select(sample => sample.Milliseconds)):F1} | {Median(peer.Select(sample => sample.Milliseconds)):F1} | {Median(ratios):F2} | {ratios[0]:F2}..{ratios[^1]:F2} | {Median(ours.Select(sample => sample.PeakMiB)):F0} : {Median(peer.Select(sample => sample.PeakMiB)):F0} |");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}

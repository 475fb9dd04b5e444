using System.Diagnostics;
using System.Globalization;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Benchmarks;

/// <summary>How long texts and documents take to parse in this process, and what that allocates: figures of ours alone, warm.</summary>
internal static class ParseFigures
{
    private const int WarmUps = 30, Runs = 51;

    public static async Task PrintAsync(Bench bench, CancellationToken cancellationToken)
    {
        var corpus = await ParseCorpus.FetchAsync(bench.Near, cancellationToken);
        Console.WriteLine();
        Console.WriteLine("| parse (in process, run by the JIT) | count | median, ms | each, ns | allocated, KiB |");
        Console.WriteLine("|---|---|---|---|---|");
        Print("versions", corpus.Versions.Count, () => Count(corpus.Versions, text => PackageVersion.Parse(text)));
        var versions = corpus.Versions.ConvertAll(PackageVersion.Parse);
        Print("versions compared, sorting them", versions.Count, () => Sorted(versions));
        Print("specifiers", corpus.Specifiers.Count, () => Count(corpus.Specifiers, text => VersionSpecifiers.Parse(text)));
        Print("requirements", corpus.Requirements.Count, () => Count(corpus.Requirements, text => Requirement.TryParseLenient(text, out var r, out _) ? r : null));
        Print("core metadata", corpus.Metadata.Count, () => Count(corpus.Metadata, bytes => CoreMetadata.Parse(bytes)));
        foreach (var (name, url, json) in corpus.Pages)
        {
            var page = ProjectPage.ParseJson(json, url, name);
            var size = (json.Length / 1024).ToString(CultureInfo.InvariantCulture);
            Print($"page {name}, JSON of {size} KiB: files", page.Files.Count, () => ProjectPage.ParseJson(json, url, name).Files.Count);
            var encoded = PageEncoder.Encode(new PageState(), page.Files);
            Print($"page {name} to our cache's form", page.Files.Count, () => PageEncoder.Encode(new PageState(), page.Files).Length);
            size = (encoded.Length / 1024).ToString(CultureInfo.InvariantCulture);
            Print($"page {name} from our cache ({size} KiB): versions", EncodedPage.Load(encoded, 0)!.Versions.Length, () => EncodedPage.Load(encoded, 0)!.FileCount);
            Print($"page {name} from our cache, every file", page.Files.Count, () => EveryFile(EncodedPage.Load(encoded, 0)!));
        }
    }

    private static int Count<T>(List<T> items, Func<T, object?> parse)
    {
        var count = 0;
        foreach (var item in items)
            count += parse(item) is null ? 0 : 1;
        return count;
    }

    private static int Sorted(List<PackageVersion> versions)
    {
        var copy = versions.ToArray();
        Array.Sort(copy);
        return copy.Length;
    }

    private static int EveryFile(EncodedPage page)
    {
        var length = 0;
        for (var file = 0; file < page.FileCount; file++)
            length += page.File(file).FileName.Length;
        return length;
    }

    private static void Print(string what, int count, Func<int> run)
    {
        for (var i = 0; i < WarmUps; i++)
            _ = run();
        var times = new double[Runs];
        long allocated = 0;
        for (var i = 0; i < Runs; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var begin = Stopwatch.GetTimestamp();
            _ = run();
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Array.Sort(times);
        var median = times[Runs / 2];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {count} | {median:F2} | {median * 1e6 / Math.Max(count, 1):F0} | {allocated / 1024.0:F0} |"));
    }
}

namespace VenvBuild.Benchmarks;

/// <summary>How long the tools take to begin.</summary>
internal static class StartComparisons
{
    public static IEnumerable<Comparison> All(Bench bench)
    {
        var folder = bench.Folder("start");
        yield return new("start: --version", bench.Ours(folder, "--version"), bench.Uv(folder, "--version"));
    }
}

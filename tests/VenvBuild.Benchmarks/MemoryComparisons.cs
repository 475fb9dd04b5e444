using System.Globalization;
using VenvBuild.Testing;

namespace VenvBuild.Benchmarks;

/// <summary>
/// What a large wheel costs in memory: the left side of each takes a wheel of twenty times the size of the right one's. Only the last column
/// tells; the times are those of twenty times the bytes.
/// </summary>
internal static class MemoryComparisons
{
    private const int SmallMiB = 4, Times = 20;
    private const string Environment = ".venv", Bundle = "environment.bundle";

    public static IEnumerable<Comparison> All(Bench bench)
    {
        var (large, small) = (Make(bench, SmallMiB * Times), Make(bench, SmallMiB));
        var name = string.Create(CultureInfo.InvariantCulture, $"a wheel of {SmallMiB * Times} MiB, of {SmallMiB} MiB");
        return
        [
            new($"cold sync of {name}", Sync(bench, large), Sync(bench, small)),
            new($"unpack {name}", Unpack(bench, large), Unpack(bench, small)) { First = [Pack(bench, large), Pack(bench, small)] },
        ];
    }

    /// <summary>A project that asks for one wheel, most of which is a file that cannot be made smaller.</summary>
    private static string Make(Bench bench, int size)
    {
        var folder = bench.Folder("memory", size.ToString(CultureInfo.InvariantCulture));
        var index = bench.Serve();
        var content = new byte[size << 20];
        new Random(size).NextBytes(content);
        var wheel = new WheelMaker("bulky").Module("bulky").File("bulky.bin", content);
        index.Add(new("bulky", wheel.FileName, wheel.ToArray()));
        File.WriteAllText(Path.Combine(folder, "pyenv.yaml"), $$"""
            python: ">=3.11,<3.12"
            requirements: [bulky]
            indexes: [{name: loopback, url: "{{index.Simple}}"}]

            """);
        return folder;
    }

    private static Measured Sync(Bench bench, string folder) =>
        bench.Ours(folder, "sync", "--quiet", "--python", bench.Python) with { Prepare = WorkFolders.Remove(folder, Environment, "cache") };

    private static Measured Pack(Bench bench, string folder) =>
        bench.Ours(folder, "pack", "--quiet", "--output", Bundle, "--python", bench.Python);

    private static Measured Unpack(Bench bench, string folder) =>
        bench.Ours(folder, "unpack", Bundle, "--path", Environment, "--quiet", "--python", bench.Python) with
        {
            Prepare = WorkFolders.Remove(folder, Environment, "cache"),
        };
}

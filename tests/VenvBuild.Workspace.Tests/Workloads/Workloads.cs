using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>
/// The recorded workloads, solved by this tool and by uv against one server: solved and refused alike, no direct request older than uv's
/// answer for it, each lock proven, and every other difference in the snapshot with its reason. <c>VENVBUILD_WORKLOADS=all</c> tries each
/// workload in each mode, which takes minutes, and <c>VENVBUILD_WORKLOADS=NAME,NAME</c> those workloads; else a few are tried.
/// </summary>
public sealed class Workloads(WorkloadSlice slice) : IClassFixture<WorkloadSlice>
{
    private static readonly string[] Few = ["seed", "flask", "black"];
    private static readonly string[] FewModes = ["universal-3.9", "universal-3.11", "windows-3.11", "lowest-direct", "as-of-2025-09-01"];

    [Fact]
    public async Task Are_answered_as_uv_answers_them()
    {
        var lines = new List<string>();
        foreach (var workload in Few)
        {
            foreach (var mode in WorkloadMode.All.Where(mode => FewModes.Contains(mode.Name)))
                lines.AddRange(await new WorkloadRun(slice, workload, mode, withSdists: false).CompareAsync(TestContext.Current.CancellationToken));
        }

        Assert.DoesNotContain(lines, line => line.StartsWith("WRONG", StringComparison.Ordinal));
        Snapshot.Match(string.Join('\n', lines), "Workloads.few");
    }

    [Fact]
    public async Task Are_all_answered_as_uv_answers_them_in_every_mode()
    {
        var asked = Environment.GetEnvironmentVariable("VENVBUILD_WORKLOADS");
        Assert.SkipWhen(string.IsNullOrEmpty(asked), "VENVBUILD_WORKLOADS is not 'all'.");
        var lines = new List<string>();
        var workloads = asked == "all"
            ? Directory.GetFiles(Path.Combine(Require.Slice(), "workloads"), "*.in").Select(path => Path.GetFileNameWithoutExtension(path)!)
            : asked.Split(',');
        foreach (var workload in workloads.Order(StringComparer.Ordinal))
        {
            foreach (var mode in WorkloadMode.All)
            {
                foreach (var withSdists in new[] { false, true })
                    lines.AddRange(await new WorkloadRun(slice, workload, mode, withSdists).CompareAsync(TestContext.Current.CancellationToken));
            }
        }

        var wrong = lines.Where(line => line.StartsWith("WRONG", StringComparison.Ordinal)).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', asked == "all" ? wrong : lines));
        if (asked == "all")
            Snapshot.Match(string.Join('\n', lines), "Workloads.all");
    }
}

using System.Globalization;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>
/// An index that answers 500, stalls, breaks off or sends other bytes: the lock and the environment are right, or it is said that there is
/// none. <c>VENVBUILD_SERVER_KILLS</c> says how many rounds, else one.
/// </summary>
public sealed class IndexFaults
{
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("VENVBUILD_SERVER_KILLS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 1;

    [Fact]
    public async Task Lead_to_the_right_answer_or_to_a_clear_failure()
    {
        string toml, manifest = "requirements: [flask]\npython: \">=3.11,<3.12\"\nplatforms: [linux-x64]\nindexes: [{name: slice, url: \"";
        IReadOnlyList<EnvironmentStatusLayer> layers;
        await using (var slice = await SliceServer.StartAsync())
        await using (var server = await TestServer.StartAsync($"Indexes:Allowed:0={slice.Simple}"))
        {
            using var solved = await server.AskAsync($"{manifest}{slice.Simple}\"}}]\n");
            toml = WithoutAddresses(await solved.Content.ReadAsStringAsync(TestServer.Stop));
            using var built = await server.Client.BuildAsync(await solved.Content.ReadAsStringAsync(TestServer.Stop));
            layers = (await server.Client.UntilAsync(await built.KeyAsync(), EnvironmentStatus.Ready)).Layers;
        }

        var (right, failed) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            await using var slice = await SliceServer.StartAsync("--faults", FormattableString.Invariant(
                $"error_rate=0.2,truncate_rate=0.2,drop_rate=0.1,corrupt_rate=0.2,stall_rate=0.1,stall_ms=300,max_in_a_row=4,seed={round}"));
            await using var server = await TestServer.StartAsync($"Indexes:Allowed:0={slice.Simple}", "Builds:Attempts=2", "Builds:Pause=00:00:00.1");
            using var solved = await server.AskAsync($"{manifest}{slice.Simple}\"}}]\n");
            var text = await solved.Content.ReadAsStringAsync(TestServer.Stop);
            if (!solved.IsSuccessStatusCode)
            {
                Assert.Equal(502, (await TestServer.ProblemAsync(solved)).Status);
                failed++;
                continue;
            }

            Assert.Equal(toml, WithoutAddresses(text));
            using var built = await server.Client.BuildAsync(text);
            var status = await server.Client.UntilAsync(await built.KeyAsync(), EnvironmentStatus.Ready, EnvironmentStatus.Failed);
            if (status.State == EnvironmentStatus.Ready)
            {
                Assert.Equal(layers, status.Layers);
                Assert.Empty(await new Verification(server.Get<CatalogFactory>(), server.Get<ILayerStorage>()).RunAsync(repairs: false, TestServer.Stop));
                right++;
            }
            else
            {
                Assert.NotNull(status.Reason);
                failed++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{Rounds} rounds: {right} right, {failed} clearly failed"));
    }

    /// <summary>The slice's servers listen at other ports.</summary>
    private static string WithoutAddresses(string toml) => System.Text.RegularExpressions.Regex.Replace(toml, "http://127\\.0\\.0\\.1:\\d+/", "http://slice/")
        .Split('\n').Where(line => !line.StartsWith("request-digest", StringComparison.Ordinal)).Aggregate("", (all, line) => all + line + "\n");
}

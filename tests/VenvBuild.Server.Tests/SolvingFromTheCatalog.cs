using System.Text;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>
/// A server that has learnt what indexes say solves without them, for as long as that counts as fresh, to the same bytes.
/// <c>VENVBUILD_WORKLOADS=all</c> tries each workload of the slice.
/// </summary>
public sealed class SolvingFromTheCatalog : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex { PageCacheControl = "no-cache" }
        .Add("thing", "1.0", "other>=1", "extra-thing ; extra == 'x'").Add("thing", "2.0", "other>=1").Add("other", "1.5").Add("other", "1.6");

    private static async Task ForgetAsync(TestServer server)
    {
        await server.Get<CatalogQueue>().DrainAsync(TestServer.Stop);
        await using var catalog = server.Get<CatalogFactory>().Open();
        await catalog.Answers.ExecuteDeleteAsync(TestServer.Stop);
        if (Directory.Exists(server.Get<ServerSettings>().CacheFolder))
            Directory.Delete(server.Get<ServerSettings>().CacheFolder, recursive: true);
        server.Get<LockAnswers>().Clear();
    }

    private static async Task<string> LockAsync(TestServer server, string manifest)
    {
        using var answer = await server.AskAsync(manifest);
        var text = await answer.Content.ReadAsStringAsync(TestServer.Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.Equal("miss", answer.Headers.GetValues("VenvBuild-Cache").Single());
        return text;
    }

    [Fact]
    public async Task What_an_index_said_is_not_asked_again()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var first = await LockAsync(server, _index.Manifest("thing"));
        await LockAsync(server, _index.Manifest("other<1.6"));
        await ForgetAsync(server);
        var asked = _index.Requests.Count;

        Assert.Equal(first, await LockAsync(server, _index.Manifest("thing")));
        Assert.Contains("other-1.5", await LockAsync(server, _index.Manifest("thing, other<1.6")), StringComparison.Ordinal);
        Assert.Equal(asked, _index.Requests.Count);
    }

    [Fact]
    public async Task What_is_no_longer_fresh_is_asked_for_by_condition_and_changes_are_taken_over()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Indexes:Freshness=00:00:01");
        await LockAsync(server, _index.Manifest("thing"));
        await server.Get<CatalogQueue>().DrainAsync(TestServer.Stop);
        _index.Add("thing", "3.0", "other<1.6");
        await Task.Delay(1100, TestServer.Stop);
        var second = await LockAsync(server, _index.Manifest("thing"));
        await ForgetAsync(server);

        Assert.Contains("thing-3.0", second, StringComparison.Ordinal);
        Assert.Contains(_index.Requests, request => request.Header("If-None-Match") is not null);
        await using var catalog = server.Get<CatalogFactory>().Open();
        Assert.Equal(["1.0", "2.0", "3.0"], await (from release in catalog.Releases
                                                   join distribution in catalog.Distributions on release.DistributionId equals distribution.Id
                                                   where distribution.Name == "thing"
                                                   orderby release.SortKey
                                                   select release.Version).ToListAsync(TestServer.Stop));
    }

    [Fact]
    public async Task What_a_client_tells_of_an_index_is_not_remembered_as_the_indexs_word()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var told = new LockSource
        {
            Index = "corp",
            Files =
            [
                new()
                {
                    Name = "thing-9.0-py3-none-any.whl",
                    Url = new Uri(_index.Root, "thing-9.0-py3-none-any.whl").AbsoluteUri,
                    Sha256 = new string('a', 64),
                    Metadata = "Metadata-Version: 2.1\nName: thing\nVersion: 9.0\n",
                },
            ],
        };
        using var answer = await server.AskAsync(new LockRequest { Manifest = _index.Manifest("thing"), Sources = [told], Options = new() });
        Assert.Contains("thing-9.0", await answer.Content.ReadAsStringAsync(TestServer.Stop), StringComparison.Ordinal);
        await ForgetAsync(server);

        Assert.Contains("thing-2.0", await LockAsync(server, _index.Manifest("thing")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_with_credentials_is_refused_for_its_answers_would_be_everybodys()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        using var answer = await server.AskAsync(_index.Manifest("thing").Replace("http://", "http://user:secret@", StringComparison.Ordinal));

        var problem = await TestServer.ProblemAsync(answer);
        Assert.Equal(400, problem.Status);
        Assert.DoesNotContain("secret", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_workloads_of_the_slice_come_to_the_same_bytes_without_an_index()
    {
        var all = Environment.GetEnvironmentVariable("VENVBUILD_WORKLOADS") == "all";
        string[] workloads = all
            ? [.. Directory.GetFiles(Path.Combine(Require.Slice(), "workloads"), "*.in").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)]
            : ["seed", "flask"];
        string[] modes = all ? ["", "resolution: lowest-direct\n", "exclude-newer: 2025-09-01\n"] : ["", "exclude-newer: 2025-09-01\n"];
        var slice = await SliceServer.StartAsync();
        await using var server = await TestServer.StartAsync($"Indexes:Allowed:0={slice.Simple}", "Indexes:Freshness=01:00:00", "Limits:SolveTime=00:05:00");
        var answers = new Dictionary<string, (int Status, string Text)>();
        foreach (var manifest in workloads.SelectMany(workload => modes.Select(mode => Manifest(slice, workload, mode))))
            answers[manifest] = await AskAsync(server, manifest);
        await slice.DisposeAsync();
        await ForgetAsync(server);

        foreach (var (manifest, answer) in answers)
        {
            var again = await AskAsync(server, manifest);
            Assert.True(answer == again, $"{manifest}\n{again.Status} {again.Text}");
        }

        Assert.Contains(answers.Values, answer => answer.Status == 200);
    }

    private static async Task<(int Status, string Text)> AskAsync(TestServer server, string manifest)
    {
        using var answer = await server.AskAsync(manifest);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestServer.Stop));
    }

    private static string Manifest(SliceServer slice, string workload, string more)
    {
        var yaml = new StringBuilder($"python: \">=3.11\"\nplatforms: [linux-x64, win-x64, osx-arm64]\nindexes: [{{name: slice, url: \"{slice.Simple}\"}}]\n{more}requirements:\n");
        foreach (var line in File.ReadLines(Path.Combine(Require.Slice(), "workloads", workload + ".in")).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0))
            yaml.Append("- '").Append(line.Replace("'", "\"", StringComparison.Ordinal)).Append("'\n");
        return yaml.ToString();
    }

    public async ValueTask DisposeAsync() => await _index.DisposeAsync();
}

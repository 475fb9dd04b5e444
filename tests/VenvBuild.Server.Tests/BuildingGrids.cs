using System.Net;
using System.Net.Http.Json;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>One request builds all targets of a lock.</summary>
public sealed class BuildingGrids : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0", "other>=1 ; sys_platform != 'win32'").Add("other", "1.5");

    [Fact]
    public async Task A_grid_builds_every_platform_and_Python_of_a_lock_and_has_one_status()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var toml = await LockAsync(server);
        var grid = await PostAsync(server, new { @lock = toml });
        var done = await UntilDoneAsync(server, grid.Id);

        Assert.Equal(GridStatus.Ready, done.State);
        Assert.Equal(
            ["linux-x64 3.11", "linux-x64 3.12", "win-x64 3.11", "win-x64 3.12"],
            done.Cells.Select(cell => $"{cell.Target.Platform} {cell.Target.Python}").Order(StringComparer.Ordinal));
        Assert.All(done.Cells, cell => Assert.Equal(EnvironmentStatus.Ready, cell.State));
        Assert.Equal(4, (await server.Get<BuildStore>().ListEnvironmentsAsync(TestServer.Stop)).Count);
        Assert.Single((await server.Client.StatusAsync(done.Cells.First(cell => cell.Target is { Platform: "win-x64", Python: "3.11" }).Key!))!.Layers);

        var again = await PostAsync(server, new { @lock = done.Lock });
        Assert.Equal(grid.Id, again.Id);
    }

    [Fact]
    public async Task A_target_that_cannot_be_built_says_why_and_the_others_are_built()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var targets = new[] { new { platform = "linux-x64", python = "3.11" }, new { platform = "osx-arm64", python = "3.11" }, new { platform = "amiga", python = "3.11" } };
        var grid = await PostAsync(server, new { @lock = await LockAsync(server), targets });
        var done = await UntilDoneAsync(server, grid.Id);

        Assert.Equal(GridStatus.Failed, done.State);
        Assert.Equal([EnvironmentStatus.Ready, GridCellStatus.Refused, GridCellStatus.Refused], done.Cells.Select(cell => cell.State));
        Assert.All(done.Cells.Skip(1), cell => Assert.NotEmpty(cell.Remark!));
    }

    [Fact]
    public async Task A_grid_is_cancelled_as_a_whole()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var toml = await LockAsync(server);
        _index.Latency = TimeSpan.FromSeconds(30);
        var grid = await PostAsync(server, new { @lock = toml });
        using var answer = await server.Client.PostAsync(new Uri($"v1/grids/{grid.Id}/cancel", UriKind.Relative), null, TestServer.Stop);
        Assert.All((await answer.Content.ReadFromJsonAsync<GridStatus>(TestServer.Stop))!.Cells, cell => Assert.Equal(EnvironmentStatus.Cancelled, cell.State));
    }

    [Theory]
    [InlineData("""{"lock": "sha256:00"}""", 400)]
    [InlineData("""{"lock": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}""", 404)]
    [InlineData("""{"lock": "no lock"}""", 422)]
    [InlineData("""{"lock": null}""", 400)]
    [InlineData("""{"lock": "lock-version = \"1.0\"\ncreated-by = \"x\"\npackages = []\n"}""", 400)]
    [InlineData("""{"lock": "sha256:00", "options": {"checks": [null]}}""", 400)]
    [InlineData("""[""", 400)]
    public async Task A_request_for_a_grid_that_makes_no_sense_is_refused(string body, int status)
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await server.Client.PostAsync(new Uri("v1/grids", UriKind.Relative), content, TestServer.Stop);
        Assert.Equal(status, (await TestServer.ProblemAsync(answer)).Status);
    }

    internal static async Task<GridStatus> UntilDoneAsync(TestServer server, string id)
    {
        while (true)
        {
            var status = await server.Client.GetFromJsonAsync<GridStatus>(new Uri($"v1/grids/{id}", UriKind.Relative), TestServer.Stop);
            if (status!.State != GridStatus.Building)
                return status;
            await Task.Delay(50, TestServer.Stop);
        }
    }

    private async Task<string> LockAsync(TestServer server)
    {
        using var answer = await server.AskAsync($"requirements: [thing]\npython: '>=3.11,<3.13'\nplatforms: [linux-x64, win-x64]\nindexes: [{{name: corp, url: \"{_index.Simple}\"}}]\n");
        return await answer.Content.ReadAsStringAsync(TestServer.Stop);
    }

    private static async Task<GridStatus> PostAsync(TestServer server, object body)
    {
        using var answer = await server.Client.PostAsJsonAsync(new Uri("v1/grids", UriKind.Relative), body, TestServer.Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestServer.Stop));
        var status = (await answer.Content.ReadFromJsonAsync<GridStatus>(TestServer.Stop))!;
        Assert.Equal(status.State == GridStatus.Building ? HttpStatusCode.Accepted : HttpStatusCode.OK, answer.StatusCode);
        return status;
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();
}

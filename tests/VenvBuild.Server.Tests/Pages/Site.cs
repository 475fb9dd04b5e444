using System.Net.Http.Json;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>A server with something on each of its pages, and a browser to look at them; one for all tests of a class.</summary>
public class Site : IAsyncLifetime
{
    private const string Manifest = "python: '>=3.11,<3.13'\n";

    internal LoopbackIndex Index { get; } = new LoopbackIndex { PageCacheControl = null }
        .Add("flask", "3.1.0", "werkzeug>=3.1", "jinja2>=3.1.2", "itsdangerous>=2.2", "click>=8.1.3", "blinker>=1.9", "importlib-metadata>=3.6 ; python_version < '3.12'")
        .Add("werkzeug", "3.1.3", "markupsafe>=2.1.1").Add("jinja2", "3.1.5", "markupsafe>=2.0").Add("markupsafe", "3.0.2").Add("itsdangerous", "2.2.0")
        .Add("click", "8.1.8", "colorama ; sys_platform == 'win32'").Add("colorama", "0.4.6").Add("blinker", "1.9.0").Add("importlib-metadata", "8.5.0", "zipp>=3.20").Add("zipp", "3.21.0")
        .Add("requests", "2.32.3", "urllib3<3,>=1.21.1", "idna<4,>=2.5", "certifi>=2017.4.17", "charset-normalizer<4,>=2").Add("urllib3", "2.3.0").Add("idna", "3.10").Add("certifi", "2025.1.31")
        .Add("charset-normalizer", "3.4.1");

    internal Browser Browser { get; private set; } = null!;

    internal TestServer Server { get; private set; } = null!;

    /// <summary>Where the browser goes.</summary>
    internal Uri Root { get; private set; } = null!;

    /// <summary>The pages of the site, by a name for their pictures.</summary>
    internal IReadOnlyDictionary<string, string> Pages { get; private set; } = new Dictionary<string, string>();

    internal string Environment { get; private set; } = "";

    internal string Build { get; private set; } = "";

    internal string FirstLock { get; private set; } = "";

    internal string SecondLock { get; private set; } = "";

    internal string Subscription { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Browser = await Browser.StartAsync();
        (Server, Root) = await StartAsync();
        var manifest = $"requirements: [flask, requests]\n{Manifest}platforms: [linux-x64, win-x64, osx-arm64]\nindexes: [{{name: corp, url: \"{Index.Simple}\"}}]\n";
        FirstLock = Digest(await LockAsync(manifest));
        using (var asked = await Server.Client.BuildAsync($"sha256:{FirstLock}"))
            Environment = await asked.KeyAsync();
        await Server.Client.UntilAsync(Environment, EnvironmentStatus.Ready);
        Build = Environment;
        using (var failing = await Server.Client.BuildAsync(new EnvironmentRequest
        {
            Lock = $"sha256:{FirstLock}",
            Target = new() { Platform = "linux-x64", Python = "3.11" },
            Options = new() { Checks = ["python -c \"import flask; print(flask.answer())\"", "python -m nothing.of.that.name"] },
        }))
        {
            if (failing.Headers.Location is { } location)
                Build = location.OriginalString.Split('/')[^1];
        }

        await Server.Client.UntilAsync(Build, EnvironmentStatus.Ready, EnvironmentStatus.Failed);
        using var grid = await Server.Client.PostAsJsonAsync(new Uri("v1/grids", UriKind.Relative), new { @lock = $"sha256:{FirstLock}" }, TestServer.Stop);
        var id = (await grid.Content.ReadFromJsonAsync<GridStatus>(TestServer.Stop))!.Id;
        await BuildingGrids.UntilDoneAsync(Server, id);
        using var begun = await Server.Client.PostAsJsonAsync(
            new Uri("v1/subscriptions", UriKind.Relative), new { name = "shop <b>front</b>", manifest, @lock = $"sha256:{FirstLock}", hours = 24 }, TestServer.Stop);
        Subscription = (await begun.Content.ReadFromJsonAsync<SubscriptionStatus>(TestServer.Stop))!.Id;
        await UntilAsync(SubscriptionStatus.Current);
        Index.Add("werkzeug", "3.1.4", "markupsafe>=2.1.1").Add("urllib3", "2.6.0");
        await Server.Get<UpdateSchedule>().RunAsync(Subscription, TestServer.Stop);
        SecondLock = (await UntilAsync(SubscriptionStatus.Ready, SubscriptionStatus.Failed)).NextLock!["sha256:".Length..];
        await DrainAsync();
        Pages = new Dictionary<string, string>
        {
            ["home"] = "/",
            ["environments"] = "/environments",
            ["environment"] = $"/environments/{Environment}",
            ["builds"] = "/builds",
            ["build"] = $"/builds/{Build}",
            ["locks"] = "/locks",
            ["lock"] = $"/locks/{FirstLock}",
            ["compare"] = $"/locks/compare?before={FirstLock}&after={SecondLock}",
            ["graph"] = $"/locks/{FirstLock}/graph",
            ["packages"] = "/packages",
            ["package"] = "/packages/markupsafe",
            ["grid"] = $"/grids/{id}",
            ["updates"] = "/updates",
            ["update"] = $"/updates/{Subscription}",
            ["codes"] = "/problems",
            ["code"] = "/problems/PYENV1301",
            ["sign-in"] = "/sign-in",
        };
    }

    /// <summary>The settings of each server.</summary>
    private protected string[] Settings =>
        [Index.Allowed(), "Indexes:Freshness=00:00:00", "Builds:Checks=sandbox", "Builds:Pause=00:00:00.05", "Limits:RequestsPerMinute=100000", "Access:Anonymous=build"];

    private protected virtual async Task<(TestServer Server, Uri Root)> StartAsync()
    {
        var server = await TestServer.StartAsync(Settings);
        return (server, server.Root);
    }

    /// <summary>Waits until all that was learnt of the index is in the catalog.</summary>
    private protected virtual Task DrainAsync() => Server.Get<CatalogQueue>().DrainAsync(TestServer.Stop);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Server is not null)
            await Server.DisposeAsync();
        if (Browser is not null)
            await Browser.DisposeAsync();
        await Index.DisposeAsync();
    }

    internal async Task<SubscriptionStatus> UntilAsync(params string[] states)
    {
        while (true)
        {
            var status = await Server.Client.GetFromJsonAsync<SubscriptionStatus>(new Uri($"v1/subscriptions/{Subscription}", UriKind.Relative), TestServer.Stop);
            if (states.Contains(status!.State))
                return status;
            await Task.Delay(50, TestServer.Stop);
        }
    }

    internal async Task<string> LockAsync(string manifest)
    {
        using var answer = await Server.AskAsync(manifest);
        var toml = await answer.Content.ReadAsStringAsync(TestServer.Stop);
        Assert.True(answer.IsSuccessStatusCode, toml);
        return toml;
    }

    internal static string Digest(string toml) => Packaging.Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(toml)).ToString();
}

namespace VenvBuild.Server.Tests;

/// <summary>The same site of two web processes and a worker on PostgreSQL, behind the cache: each request goes to the other of the two.</summary>
public sealed class SharedSite : Site
{
    private readonly List<TestServer> _others = [];
    private PostgresCluster? _cluster;
    private NginxServer? _nginx;

    private protected override async Task<(TestServer Server, Uri Root)> StartAsync()
    {
        _cluster = await PostgresCluster.StartAsync();
        string[] shared = [.. Settings, $"Postgres={_cluster.Connection};Maximum Pool Size=20", $"Access:FormSecret={new string('s', 32)}", "Access:TrustedProxies:0=127.0.0.1"];
        var first = await TestServer.StartAsync([.. shared, "Role=web"]);
        var folder = $"Data={first.Get<ServerSettings>().Data}";
        _others.Add(await TestServer.StartAsync([.. shared, folder, "Role=web"]));
        _others.Add(await TestServer.StartAsync([.. shared, folder, "Role=worker"]));
        _nginx = await NginxServer.StartAsync("nginx.conf", ("web1:8080", first.Root.Authority), ("web2:8080", _others[0].Root.Authority));
        return (first, _nginx.Root);
    }

    private protected override async Task DrainAsync()
    {
        await base.DrainAsync();
        foreach (var server in _others)
            await server.Get<CatalogQueue>().DrainAsync(TestServer.Stop);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_nginx is not null)
            await _nginx.DisposeAsync();
        foreach (var server in _others)
            await server.DisposeAsync();
        await base.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}

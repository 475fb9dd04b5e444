namespace VenvBuild.Server.Tests;

public sealed class CatalogsOnSqlite : Catalogs
{
    private protected override Task<TestServer> StartAsync(params string[] settings) => TestServer.StartAsync(settings);
}

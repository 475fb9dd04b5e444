namespace VenvBuild.Server.Tests;

/// <summary>The same with a database of its own for each test, in one cluster.</summary>
public sealed class CatalogsOnPostgres(CatalogsOnPostgres.Cluster cluster) : Catalogs, IClassFixture<CatalogsOnPostgres.Cluster>
{
    private protected override async Task<TestServer> StartAsync(params string[] settings) =>
        await TestServer.StartAsync([.. settings, $"Postgres={await cluster.NewDatabaseAsync()}"]);

    public sealed class Cluster : IAsyncLifetime
    {
        private PostgresCluster? _postgres;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        /// <summary>Makes a database and gives its connection string; the cluster starts with the first.</summary>
        internal async Task<string> NewDatabaseAsync()
        {
            _postgres ??= await PostgresCluster.StartAsync();
            var name = $"test{Guid.NewGuid():n}";
            await using var connection = new Npgsql.NpgsqlConnection(_postgres.Connection);
            await connection.OpenAsync(TestServer.Stop);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is made here.
            command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(TestServer.Stop);
            return _postgres.Connection.Replace("Database=postgres", $"Database={name}", StringComparison.Ordinal);
        }

        public async ValueTask DisposeAsync()
        {
            if (_postgres is not null)
                await _postgres.DisposeAsync();
        }
    }
}

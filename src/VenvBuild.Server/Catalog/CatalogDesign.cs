using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace VenvBuild.Server;

/// <summary>Makes the SQLite catalog for <c>dotnet ef migrations add NAME --context SqliteCatalog -o Catalog/Migrations/Sqlite</c>.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteCatalog>
{
    public SqliteCatalog CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqliteCatalog>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>The same for <c>--context PostgresCatalog -o Catalog/Migrations/Postgres</c>; no database is asked.</summary>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresCatalog>
{
    public PostgresCatalog CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresCatalog>().UseNpgsql("Host=localhost").Options);
}

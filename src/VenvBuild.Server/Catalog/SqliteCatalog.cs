using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>The catalog in one SQLite file: what a server has that stands alone.</summary>
internal sealed class SqliteCatalog(DbContextOptions<SqliteCatalog> options) : CatalogContext(options)
{
    protected override string Binary => "BINARY";
}

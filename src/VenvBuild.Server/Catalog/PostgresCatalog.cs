using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>The catalog in a PostgreSQL database, which several servers share.</summary>
internal sealed class PostgresCatalog(DbContextOptions<PostgresCatalog> options) : CatalogContext(options)
{
    protected override string Binary => "C";
}

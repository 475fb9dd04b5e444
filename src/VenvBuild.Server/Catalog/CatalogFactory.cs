using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Opens the catalog, in whichever database it is.</summary>
internal sealed class CatalogFactory(ServerSettings settings)
{
    private const long StartLock = 0x76656E76;

    public bool IsPostgres => settings.Postgres is not null;

    public CatalogContext Open() => settings.Postgres is { } connection
        ? new PostgresCatalog(new DbContextOptionsBuilder<PostgresCatalog>().UseNpgsql(connection).Options)
        : new SqliteCatalog(new DbContextOptionsBuilder<SqliteCatalog>().UseSqlite(SqliteConnection(settings)).Options);

    /// <summary>The connection string of the SQLite database.</summary>
    public static string SqliteConnection(ServerSettings settings) => $"Data Source={settings.DatabaseFile};Default Timeout=30";

    /// <summary>Whether a failure is the database's; one that may pass comes wrapped.</summary>
    public static bool IsDatabase(Exception e) => e is System.Data.Common.DbException || e.InnerException is System.Data.Common.DbException;

    /// <summary>Whether a failure says that the database is away, or has no room or time, and nothing of what it was asked.</summary>
    public static bool IsAway(Exception e) => (e as System.Data.Common.DbException ?? e.InnerException as System.Data.Common.DbException) switch
    {
        Npgsql.PostgresException refusal => refusal.IsTransient || refusal.SqlState.StartsWith("57P", StringComparison.Ordinal),
        Npgsql.NpgsqlException => true,
        // Busy, locked, read-only, broken input and output, full, cannot be opened.
        SqliteException failure => failure.SqliteErrorCode is 5 or 6 or 8 or 10 or 13 or 14,
        _ => false,
    };

    /// <summary>Makes the database ready for this version.</summary>
    /// <exception cref="DiagnosticException">It cannot be used.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!IsPostgres)
                Directory.CreateDirectory(settings.Data);
            await using var catalog = Open();
            await catalog.Database.OpenConnectionAsync(cancellationToken);
            // Servers that start together on an empty database would each make the table that their lock is in. It ends with the connection.
            if (IsPostgres)
                await catalog.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({StartLock})", cancellationToken);
            await catalog.Database.MigrateAsync(cancellationToken);
            if (IsPostgres)
                await catalog.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({StartLock})", cancellationToken);
            else
                await catalog.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        }
        catch (Exception e) when (IsDatabase(e) || e is IOException or UnauthorizedAccessException or ArgumentException or System.Net.Sockets.SocketException)
        {
            // A driver's message may repeat the connection string.
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                ServerCodes.Database,
                IsPostgres ? $"The PostgreSQL database cannot be used ({e.GetType().Name})." : $"The SQLite database {settings.DatabaseFile} cannot be used: {e.Message}",
                remedy: IsPostgres
                    ? $"Check {ServerSettings.Section}:Postgres (Host, Port, Database, Username, Password), and that the server runs."
                    : $"Name a folder that this user may write with {ServerSettings.Section}:Data."), e);
        }
    }
}

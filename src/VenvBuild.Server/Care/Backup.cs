using System.Data;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// Copies all that a server knows and keeps into a folder, while it runs, and back. SQLite copies its own file as it is at one moment; of
/// PostgreSQL the server's own tables are copied in one snapshot, in PostgreSQL's text form, which every version reads. The queue's tables are
/// left out there: workers give builds that have no job a new one. Layers that are in the folder already are not copied again.
/// </summary>
internal sealed class Backup(ServerSettings settings, CatalogFactory catalogs, ILayerStorage storage)
{
    private const int Format = 1;
    private const string SqliteFile = "catalog.sqlite", TableFolder = "tables";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Copies into a folder.</summary>
    /// <returns>How many layers it holds, and how many are missing here.</returns>
    /// <exception cref="DiagnosticException">The folder cannot be written.</exception>
    public async Task<(int Layers, int Missing)> WriteAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            // A backup that breaks off is none.
            File.Delete(Path.Combine(folder, BackupDescription.FileName));
            IReadOnlyList<BackupTable> tables = [];
            List<string> digests;
            if (settings.Postgres is null)
                digests = await CopySqliteAsync(folder, cancellationToken);
            else
                (tables, digests) = await CopyPostgresAsync(folder, cancellationToken);
            var layers = new FolderStorage(Path.Combine(folder, "layers"));
            var missing = 0;
            foreach (var digest in digests.Select(Sha256Digest.Parse))
                missing += await CopyAsync(storage, layers, digest, cancellationToken) ? 0 : 1;
            var description = new BackupDescription
            {
                Format = Format,
                Database = settings.Postgres is null ? "sqlite" : "postgres",
                Migration = await MigrationAsync(cancellationToken),
                Made = DateTimeOffset.UtcNow,
                Tables = tables,
            };
            var path = Path.Combine(folder, BackupDescription.FileName);
            await File.WriteAllTextAsync(path + ".tmp", JsonSerializer.Serialize(description, Json), cancellationToken);
            File.Move(path + ".tmp", path, overwrite: true);
            return (digests.Count - missing, missing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad($"The backup '{folder}' cannot be written: {e.Message}", "See that there is room, and that this user may write there.", e);
        }
    }

    /// <summary>Brings a backup back into a server that has nothing yet, or whose state may be lost.</summary>
    /// <returns>How many layers are back, and how many the backup lacks.</returns>
    /// <exception cref="DiagnosticException">It is no backup that can be used here.</exception>
    public async Task<(int Layers, int Missing)> RestoreAsync(string folder, bool replaces, CancellationToken cancellationToken)
    {
        var description = await ReadAsync(folder, cancellationToken);
        if (description.Database != (settings.Postgres is null ? "sqlite" : "postgres"))
            throw Bad($"The backup is of {description.Database}, and these settings name another database.", $"Set or leave out {ServerSettings.Section}:Postgres.");
        if (settings.Postgres is null)
            await RestoreSqliteAsync(folder, replaces, cancellationToken);
        else
            await RestorePostgresAsync(folder, description, replaces, cancellationToken);
        var layers = new FolderStorage(Path.Combine(folder, "layers"));
        await using var catalog = catalogs.Open();
        var digests = await catalog.Layers.Select(row => row.Digest).ToListAsync(cancellationToken);
        var missing = 0;
        foreach (var digest in digests)
            missing += await CopyAsync(layers, storage, Sha256Digest.Parse(digest), cancellationToken) ? 0 : 1;
        return (digests.Count - missing, missing);
    }

    private async Task<List<string>> CopySqliteAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, SqliteFile);
        File.Delete(path + ".tmp");
        await using (var from = new SqliteConnection(CatalogFactory.SqliteConnection(settings)))
        await using (var to = new SqliteConnection($"Data Source={path}.tmp;Pooling=False"))
        {
            await from.OpenAsync(cancellationToken);
            await to.OpenAsync(cancellationToken);
            from.BackupDatabase(to);
        }

        File.Move(path + ".tmp", path, overwrite: true);
        await using var copy = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        await copy.OpenAsync(cancellationToken);
        await using var command = new SqliteCommand("SELECT digest FROM layers ORDER BY digest", copy);
        return await ReadAsync(command, cancellationToken);
    }

    private async Task<(IReadOnlyList<BackupTable> Tables, List<string> Digests)> CopyPostgresAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, TableFolder));
        var tables = Tables();
        await using var connection = new NpgsqlConnection(settings.Postgres);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        foreach (var table in tables)
        {
            using var rows = await connection.BeginTextExportAsync($"COPY {table.Name} ({ColumnsOf(table)}) TO STDOUT", cancellationToken);
            var path = Path.Combine(folder, TableFolder, table.Name);
            await using (var file = new StreamWriter(path + ".tmp"))
            {
                var buffer = new char[64 << 10];
                while (await rows.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            File.Move(path + ".tmp", path, overwrite: true);
        }

        await using var command = new NpgsqlCommand("SELECT digest FROM layers ORDER BY digest", connection, transaction);
        return (tables, await ReadAsync(command, cancellationToken));
    }

    private async Task RestoreSqliteAsync(string folder, bool replaces, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Data);
        if (File.Exists(settings.DatabaseFile) && !replaces)
            throw InUse($"The folder {settings.Data} has a database.");
        using var lease = new ServerLease();
        lease.Take(settings);
        var path = settings.DatabaseFile;
        File.Copy(Path.Combine(folder, SqliteFile), path + ".tmp", overwrite: true);
        // What the old file's log holds must not be taken for the new one's.
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        File.Move(path + ".tmp", path, overwrite: true);
        // Connections to the file that was there before.
        SqliteConnection.ClearAllPools();
        await catalogs.PrepareAsync(cancellationToken);
    }

    private async Task RestorePostgresAsync(string folder, BackupDescription description, bool replaces, CancellationToken cancellationToken)
    {
        await catalogs.PrepareAsync(cancellationToken);
        if (await MigrationAsync(cancellationToken) != description.Migration)
            throw Bad($"The backup was made by another version of the server ({description.Migration}).", "Restore it with that version, then start this one, which brings the database up to date.");
        var known = Tables().ToDictionary(table => table.Name, StringComparer.Ordinal);
        if (description.Tables.Count != known.Count || description.Tables.Any(table => !known.TryGetValue(table.Name, out var own) || !own.Columns.Order(StringComparer.Ordinal).SequenceEqual(table.Columns.Order(StringComparer.Ordinal))))
            throw Bad("The backup's tables are not this version's.", "Restore it with the version that made it.");
        await using var connection = new NpgsqlConnection(settings.Postgres);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, transaction, $"LOCK TABLE {string.Join(", ", known.Keys)} IN ACCESS EXCLUSIVE MODE", cancellationToken);
        await using (var command = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM locks) OR EXISTS (SELECT 1 FROM tokens) OR EXISTS (SELECT 1 FROM layers)", connection, transaction))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is true && !replaces)
                throw InUse("The database is not empty.");
        }

        await ExecuteAsync(connection, transaction, $"TRUNCATE {string.Join(", ", known.Keys)}", cancellationToken);
        foreach (var table in description.Tables)
        {
            await using var rows = await connection.BeginTextImportAsync($"COPY {table.Name} ({ColumnsOf(table)}) FROM STDIN", cancellationToken);
            using var file = new StreamReader(Path.Combine(folder, TableFolder, table.Name));
            var buffer = new char[64 << 10];
            while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                await rows.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        foreach (var name in Numbered())
            await ExecuteAsync(connection, transaction, $"SELECT setval(pg_get_serial_sequence('{name}', 'id'), GREATEST((SELECT MAX(id) FROM {name}), 1)) WHERE pg_get_serial_sequence('{name}', 'id') IS NOT NULL", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The server's own tables, each after those that it speaks of.</summary>
    private List<BackupTable> Tables()
    {
        using var catalog = catalogs.Open();
        var (left, tables) = (catalog.Model.GetEntityTypes().ToList(), new List<IEntityType>());
        while (left.Count > 0)
        {
            var ready = left.Where(entity => entity.GetForeignKeys().All(key => key.PrincipalEntityType == entity || tables.Contains(key.PrincipalEntityType)))
                .OrderBy(entity => entity.GetTableName(), StringComparer.Ordinal).ToList();
            tables.AddRange(ready);
            left.RemoveAll(ready.Contains);
        }

        return [.. tables.Select(entity => new BackupTable(entity.GetTableName()!, [.. entity.GetProperties().Select(property => $"\"{property.GetColumnName()}\"")]))];
    }

    /// <summary>The tables whose rows the database numbers.</summary>
    private List<string> Numbered()
    {
        using var catalog = catalogs.Open();
        return [.. catalog.Model.GetEntityTypes().Where(entity => entity.FindPrimaryKey()?.Properties is [{ ClrType: var type, ValueGenerated: ValueGenerated.OnAdd }] && type == typeof(long)).Select(entity => entity.GetTableName()!)];
    }

    private static string ColumnsOf(BackupTable table) => string.Join(", ", table.Columns);

    private static async Task<bool> CopyAsync(ILayerStorage from, ILayerStorage to, Sha256Digest digest, CancellationToken cancellationToken)
    {
        if ((await to.FindAsync([digest], cancellationToken)).Count > 0)
            return true;
        await using var packed = await from.OpenAsync(digest, cancellationToken);
        if (packed is null)
            return false;
        await to.AddAsync(
            digest,
            async stream =>
            {
                await packed.CopyToAsync(stream, 1 << 20, cancellationToken);
                return true;
            },
            cancellationToken);
        return true;
    }

    private async Task<string> MigrationAsync(CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return (await catalog.Database.GetAppliedMigrationsAsync(cancellationToken)).Last();
    }

    private static async Task<BackupDescription> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, BackupDescription.FileName);
        try
        {
            var description = JsonSerializer.Deserialize<BackupDescription>(await File.ReadAllTextAsync(path, cancellationToken), Json);
            return description is { Format: Format } ? description : throw Bad($"'{folder}' is a backup in a form that this version does not know.", "Restore it with the version that made it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Bad($"'{folder}' is no backup, or one that broke off: it has no {BackupDescription.FileName} that can be read.", "Name the folder that 'backup' was given.", e);
        }
    }

    private static async Task<List<string>> ReadAsync(System.Data.Common.DbCommand command, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            texts.Add(reader.GetString(0));
        return texts;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Names of our own tables.
        await using var command = new NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DiagnosticException InUse(string message) => Bad(message, "Name an empty one, or say --replace=true: what it has is lost.");

    private static DiagnosticException Bad(string message, string remedy, Exception? inner = null) =>
        new(ExitCode.Usage, Diagnostic.Error(ServerCodes.Backup, message, remedy: remedy), inner);
}

namespace VenvBuild.Server;

/// <summary>What a backup is of; written last, so that a folder without it is no backup.</summary>
internal sealed record BackupDescription
{
    public const string FileName = "backup.json";

    public required int Format { get; init; }

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public required string Database { get; init; }

    /// <summary>The last migration of the database.</summary>
    public required string Migration { get; init; }

    public required DateTimeOffset Made { get; init; }

    /// <summary>The tables and their columns in the order in which they are put back; empty for SQLite, whose file is kept.</summary>
    public IReadOnlyList<BackupTable> Tables { get; init; } = [];
}

/// <summary>A table of a backup.</summary>
internal sealed record BackupTable(string Name, IReadOnlyList<string> Columns);

using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Reading tables of foreign TOML files, where what is missing or of another type is as if it were not there.</summary>
internal static class TomlTables
{
    private static readonly LockValue Empty = LockValue.Table([]);

    public static LockValue? Get(this LockValue table, string key) => table.TryGet(key, out var value) ? value : null;

    public static LockValue Table(this LockValue table, string key) => table.Get(key) is { Kind: LockValueKind.Table } value ? value : Empty;

    public static IReadOnlyList<LockValue> Items(this LockValue table, string key) => table.Get(key) is { Kind: LockValueKind.Array } value ? value.Items : [];

    public static string? Text(this LockValue table, string key) => table.Get(key) is { Kind: LockValueKind.String } value ? value.Text : null;

    public static bool IsTrue(this LockValue table, string key) => table.Get(key) is { Kind: LockValueKind.Boolean, Text: "true" };
}

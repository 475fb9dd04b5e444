using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace VenvBuild.Packaging;

/// <summary>A TOML value of a lock that this project keeps without giving it a meaning: other tools' tables, identities of publishers.</summary>
public sealed class LockValue
{
    private LockValue(LockValueKind kind, string text, IReadOnlyList<LockValue> items, IReadOnlyList<KeyValuePair<string, LockValue>> members)
    {
        Kind = kind;
        Text = text;
        Items = items;
        Members = members;
    }

    /// <summary>What the value is.</summary>
    public LockValueKind Kind { get; }

    /// <summary>Of a string, the string; of another scalar, its TOML text; else empty.</summary>
    public string Text { get; }

    /// <summary>Of an array, its values.</summary>
    public IReadOnlyList<LockValue> Items { get; }

    /// <summary>Of a table, its keys and values in the file's order.</summary>
    public IReadOnlyList<KeyValuePair<string, LockValue>> Members { get; }

    /// <summary>Makes a string.</summary>
    public static LockValue Of(string text) => new(LockValueKind.String, text, [], []);

    /// <summary>Makes a whole number.</summary>
    public static LockValue Of(long number) => new(LockValueKind.Integer, number.ToString(CultureInfo.InvariantCulture), [], []);

    /// <summary>Makes a truth value.</summary>
    public static LockValue Of(bool value) => new(LockValueKind.Boolean, value ? "true" : "false", [], []);

    /// <summary>Makes an array.</summary>
    public static LockValue Array(IReadOnlyList<LockValue> items) => new(LockValueKind.Array, "", items, []);

    /// <summary>Makes a table.</summary>
    public static LockValue Table(IReadOnlyList<KeyValuePair<string, LockValue>> members) => new(LockValueKind.Table, "", [], members);

    /// <summary>The value of a table's key.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out LockValue? value)
    {
        foreach (var (name, member) in Members)
        {
            if (string.Equals(name, key, StringComparison.Ordinal))
            {
                value = member;
                return true;
            }
        }

        value = null;
        return false;
    }

    internal static LockValue Scalar(LockValueKind kind, string text) => new(kind, text, [], []);
}

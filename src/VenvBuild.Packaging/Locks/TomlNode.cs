using System.Globalization;

namespace VenvBuild.Packaging;

/// <summary>A TOML value with the place where it stands. Tables and arrays that headers make grow while the file is read.</summary>
internal sealed class TomlNode(LockValueKind kind, int line, int column)
{
    private Dictionary<string, TomlMember>? _index;

    public LockValueKind Kind { get; } = kind;

    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>Of a string, the string; of another scalar, its TOML text.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether the table or array is written as a value, which nothing can be added to later.</summary>
    public bool IsClosed { get; init; }

    public List<TomlNode> Items { get; } = kind == LockValueKind.Array ? [] : Nothing;

    public List<TomlMember> Members { get; } = kind == LockValueKind.Table ? [] : NoMembers;

    public DateTimeOffset? Instant { get; init; }

    private static List<TomlNode> Nothing { get; } = [];

    private static List<TomlMember> NoMembers { get; } = [];

    public TomlMember? Find(string key)
    {
        if (_index is not null)
            return _index.GetValueOrDefault(key);
        foreach (var member in Members)
        {
            if (string.Equals(member.Key, key, StringComparison.Ordinal))
                return member;
        }

        return null;
    }

    public void Add(TomlMember member)
    {
        Members.Add(member);
        // Tables of a lock have a handful of keys; only hostile or foreign ones need an index.
        if (Members.Count == 16)
            _index = Members.ToDictionary(known => known.Key, StringComparer.Ordinal);
        else
            _index?.Add(member.Key, member);
    }

    public LockValue ToValue() => Kind switch
    {
        LockValueKind.Array => LockValue.Array([.. Items.Select(item => item.ToValue())]),
        LockValueKind.Table => LockValue.Table([.. Members.Select(member => KeyValuePair.Create(member.Key, member.Value.ToValue()))]),
        _ => LockValue.Scalar(Kind, Text),
    };

    /// <summary>The type as words after "is".</summary>
    public string Describe() => Kind switch
    {
        LockValueKind.String => "a string",
        LockValueKind.Integer => "an integer",
        LockValueKind.Float => "a float",
        LockValueKind.Boolean => "a boolean",
        LockValueKind.DateTime => "a date or time",
        LockValueKind.Array => "an array",
        _ => "a table",
    };

    public static string FloatText(double value) =>
        double.IsNaN(value) ? "nan"
        : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf"
        : value.ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
}

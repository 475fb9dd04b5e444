using System.Text;

namespace VenvBuild.Packaging;

/// <summary>An inline table in the making.</summary>
internal sealed class TomlInline
{
    private readonly StringBuilder _text = new("{");

    /// <summary>Adds a string, unless it is null.</summary>
    public TomlInline Add(string key, string? value) => AddRaw(key, value is null ? null : TomlText.Quote(value));

    /// <summary>Adds a value in TOML, unless it is null.</summary>
    public TomlInline AddRaw(string key, string? value)
    {
        if (value is null)
            return this;
        if (_text.Length > 1)
            _text.Append(", ");
        _text.Append(TomlText.KeyText(key)).Append(" = ").Append(value);
        return this;
    }

    /// <summary>Adds all keys of a table.</summary>
    public TomlInline AddAll(LockValue? table)
    {
        foreach (var (key, value) in table?.Members ?? [])
            AddRaw(key, TomlText.Inline(value));
        return this;
    }

    public override string ToString() => _text.ToString() + '}';
}

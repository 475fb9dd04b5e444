using System.Text;

namespace VenvBuild.Packaging;

/// <summary>An inline table in the making.</summary>
internal sealed class TomlInline
{
    // A lock has thousands of them, one after the other or within another: all of a thread are written in one place, each behind that around it.
    [ThreadStatic]
    private static StringBuilder? _shared;

    private readonly StringBuilder _text = _shared ??= new(1024);
    private readonly int _start;

    public TomlInline()
    {
        _start = _text.Length;
        _text.Append('{');
    }

    /// <summary>Adds a string, unless it is null.</summary>
    public TomlInline Add(string key, string? value)
    {
        if (value is not null)
            TomlText.AppendQuoted(Key(key), value);
        return this;
    }

    /// <summary>Adds a value in TOML, unless it is null.</summary>
    public TomlInline AddRaw(string key, string? value)
    {
        if (value is not null)
            Key(key).Append(value);
        return this;
    }

    /// <summary>Adds all keys of a table.</summary>
    public TomlInline AddAll(LockValue? table)
    {
        foreach (var (key, value) in table?.Members ?? [])
            AddRaw(key, TomlText.Inline(value));
        return this;
    }

    /// <summary>The table. Nothing may be added after it.</summary>
    public string Close()
    {
        var text = _text.Append('}').ToString(_start, _text.Length - _start);
        _text.Length = _start;
        return text;
    }

    private StringBuilder Key(string key) => (_text.Length > _start + 1 ? _text.Append(", ") : _text).Append(TomlText.KeyText(key)).Append(" = ");
}

namespace VenvBuild.Packaging;

/// <summary>The keys of one table of a lock, read with the types that the format gives them; each mistake is noted and read as absent.</summary>
/// <param name="table">The table.</param>
/// <param name="path">The table's path for messages, such as <c>packages[2].sdist</c>; empty for the root.</param>
/// <param name="context">Where mistakes go.</param>
internal readonly struct LockFields(TomlNode table, string path, LockContext context)
{
    public TomlNode Table => table;

    public string Path => path;

    public string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    public bool Has(string key) => table.Find(key) is not null;

    /// <summary>Warns of keys that the format does not have.</summary>
    public void Expect(params ReadOnlySpan<string> keys)
    {
        foreach (var member in table.Members)
        {
            if (!keys.Contains(member.Key))
            {
                context.Warn(
                    LockCodes.UnknownKey,
                    new(context.File, member.Line, member.Column),
                    $"'{PathOf(member.Key)}' is no key of lock-version 1.0 and is ignored.",
                    "If a newer tool wrote the lock, update dotnet-pyenv.");
            }
        }
    }

    public TomlNode? Get(string key, LockValueKind kind)
    {
        var value = table.Find(key)?.Value;
        if (value is null)
            return null;
        // The path is spelled only for a mistake: a lock has thousands of values.
        return value.Kind == kind || IsOf(value, kind, PathOf(key)) ? value : null;
    }

    public TomlNode? Require(string key, LockValueKind kind)
    {
        if (table.Find(key) is null)
            Missing(key);
        return Get(key, kind);
    }

    public void Missing(string key) =>
        context.Error(LockCodes.MissingKey, table, $"'{PathOf(key)}' is missing and is required.", "Run 'dotnet pyenv lock' to write the lock again.");

    /// <summary>A string that is not empty.</summary>
    public TomlNode? Text(string key, bool isRequired = false)
    {
        var value = isRequired ? Require(key, LockValueKind.String) : Get(key, LockValueKind.String);
        if (value is not { Text.Length: 0 })
            return value;
        context.Error(LockCodes.MissingKey, value, $"'{PathOf(key)}' is empty.");
        return null;
    }

    /// <summary>The items of an array, all of one kind; null when the key is absent.</summary>
    public IReadOnlyList<TomlNode>? Items(string key, LockValueKind kind)
    {
        if (Get(key, LockValueKind.Array) is not { } array)
            return null;
        var itemPath = PathOf(key);
        var items = new List<TomlNode>(array.Items.Count);
        for (var i = 0; i < array.Items.Count; i++)
        {
            if (array.Items[i].Kind == kind)
                items.Add(array.Items[i]);
            else
                IsOf(array.Items[i], kind, $"{itemPath}[{i}]");
        }

        return items;
    }

    private bool IsOf(TomlNode value, LockValueKind kind, string where)
    {
        if (value.Kind == kind)
            return true;
        context.Error(LockCodes.WrongType, value, $"'{where}' is {value.Describe()}; {new TomlNode(kind, 0, 0).Describe()} is expected.");
        return false;
    }
}

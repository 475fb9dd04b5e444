namespace VenvBuild.Packaging;

/// <summary>
/// What is known about how fields go together. Where two values always come together, one of them stands for both
/// (<c>platform_system == "Windows"</c> and <c>os_name == "nt"</c> are <c>sys_platform == "win32"</c>; <c>platform_python_implementation
/// == "CPython"</c> is <c>implementation_name == "cpython"</c>), and where the value of one field is known, so is what it decides of the
/// others: under <c>sys_platform == "linux"</c>, <c>os_name == "posix"</c> holds.
/// </summary>
internal static class MarkerFacts
{
    private static readonly (MarkerFields Field, string Value, MarkerFields Of, string Decided, bool IsBothWays)[] Facts =
    [
        (MarkerFields.SysPlatform, "win32", MarkerFields.OsName, "nt", true),
        (MarkerFields.SysPlatform, "win32", MarkerFields.PlatformSystem, "Windows", true),
        (MarkerFields.SysPlatform, "linux", MarkerFields.OsName, "posix", false),
        (MarkerFields.SysPlatform, "linux", MarkerFields.PlatformSystem, "Linux", true),
        (MarkerFields.SysPlatform, "darwin", MarkerFields.OsName, "posix", false),
        (MarkerFields.SysPlatform, "darwin", MarkerFields.PlatformSystem, "Darwin", true),
        (MarkerFields.SysPlatform, "cygwin", MarkerFields.OsName, "posix", false),
        (MarkerFields.ImplementationName, "cpython", MarkerFields.PlatformPythonImplementation, "CPython", true),
        (MarkerFields.ImplementationName, "pypy", MarkerFields.PlatformPythonImplementation, "PyPy", true),
    ];

    /// <summary>The field and value that stand for a value of a field.</summary>
    public static (MarkerFields Field, string Value) Representative(MarkerFields field, string value)
    {
        foreach (var fact in Facts)
        {
            if (fact.IsBothWays && fact.Of == field && string.Equals(fact.Decided, value, StringComparison.Ordinal))
                return (fact.Field, fact.Value);
        }

        return (field, value);
    }

    /// <summary>Whether values of a field can decide others'.</summary>
    public static bool DecidesOthers(MarkerFields field) => field is MarkerFields.SysPlatform or MarkerFields.ImplementationName;

    /// <summary>The fields about which the value of a field can say something, itself included.</summary>
    public static MarkerFields Reach(MarkerFields field) => field switch
    {
        MarkerFields.SysPlatform => MarkerFields.SysPlatform | MarkerFields.OsName | MarkerFields.PlatformSystem,
        MarkerFields.ImplementationName => MarkerFields.ImplementationName | MarkerFields.PlatformPythonImplementation,
        _ => field,
    };

    /// <summary>The function where a field has a value: all that this decides is decided.</summary>
    public static MarkerNode Assume(MarkerNode node, MarkerFields field, string value)
    {
        if ((node.Support & Reach(field)) == 0)
            return node;
        if (MarkerOperations.TryFindAssumption(node, field, value, out var known))
            return known;
        var result = AssumeUncached(node, field, value);
        MarkerOperations.KeepAssumption(node, field, value, result);
        return result;
    }

    private static MarkerNode AssumeUncached(MarkerNode node, MarkerFields field, string value)
    {
        var variable = node.Variable!;
        if (Decided(variable.Field, field, value) is { } decided)
        {
            switch (variable.Kind)
            {
                case MarkerVariableKind.Text:
                    return Assume(node.ChildFor(decided), field, value);
                case MarkerVariableKind.Test:
                    return Assume(node.Children[variable.Comparison!.Evaluate(decided, null) ? 1 : 0], field, value);
            }
        }

        return MarkerNodes.Make(variable, node.Cuts, node.Values, Array.ConvertAll(node.Children, child => Assume(child, field, value)));
    }

    /// <summary>The value of a field where another has a value, or null when that does not decide it.</summary>
    private static string? Decided(MarkerFields asked, MarkerFields field, string value)
    {
        if (asked == field)
            return value;
        foreach (var fact in Facts)
        {
            if (fact.Of == asked && fact.Field == field && string.Equals(fact.Value, value, StringComparison.Ordinal))
                return fact.Decided;
        }

        return null;
    }
}

namespace VenvBuild.Packaging;

/// <summary>
/// Bounds what one question to the algebra may cost: a hostile marker can make any decision diagram grow without end. The budget is far
/// beyond what published markers need (a few hundred steps).
/// </summary>
internal readonly ref struct MarkerEffort
{
    /// <summary>Steps that combining sets may take.</summary>
    public const int Combining = 200_000;

    /// <summary>Steps that finding a short text may take, which combines many times.</summary>
    public const int Writing = 4_000_000;

    [ThreadStatic]
    private static int _left;

    [ThreadStatic]
    private static int _depth;

    [ThreadStatic]
    private static string? _text;

    /// <summary>Begins a question, unless one is being answered; <paramref name="text"/> is what is named where it costs too much.</summary>
    public static MarkerEffort Begin(string? text, int steps = Combining)
    {
        if (_depth++ == 0)
        {
            _left = steps;
            _text = text;
        }

        return default;
    }

    public static void Step()
    {
        if (_depth > 0 && --_left < 0)
            throw new PackagingFormatException("The marker combines too many conditions to be decided.", _text ?? "", 0);
    }

#pragma warning disable CA1822 // The using statement calls it on the value.
    public void Dispose() => _depth--;
#pragma warning restore CA1822
}

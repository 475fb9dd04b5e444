namespace VenvBuild.Packaging;

/// <summary>A text is not the version, specifier, requirement, marker or name that it should be.</summary>
public sealed class PackagingFormatException : FormatException
{
    /// <summary>Says what is wrong with <paramref name="text"/> at <paramref name="position"/>.</summary>
    public PackagingFormatException(string message, string text, int position)
        : base(message)
    {
        Text = text;
        Position = position;
    }

    /// <summary>The whole text that was read.</summary>
    public string Text { get; }

    /// <summary>The offset in <see cref="Text"/>, counted from 0, at which reading failed.</summary>
    public int Position { get; }
}

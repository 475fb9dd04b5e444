namespace VenvBuild.Packaging;

/// <summary>What a <see cref="LockValue"/> is.</summary>
public enum LockValueKind
{
    /// <summary>A text.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction, an infinity or not a number.</summary>
    Float,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A date, a time, or both, with or without an offset.</summary>
    DateTime,

    /// <summary>A list of values.</summary>
    Array,

    /// <summary>Keys with values, in order.</summary>
    Table,
}

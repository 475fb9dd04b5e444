using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>One thing that keeps a lock from being proven right.</summary>
/// <param name="Code">The code, <c>PYENV1260</c> to <c>PYENV1289</c>, or that of the reader where the text is no lock.</param>
/// <param name="Kind">Whether the lock is wrong, or could not be proven right.</param>
/// <param name="Message">What was found, a sentence without the targets.</param>
public sealed record LockFinding(string Code, LockFindingKind Kind, string Message)
{
    /// <summary>The pin that is to blame, such as <c>flask 3.1.0</c>; null where none is.</summary>
    public string? Pin { get; init; }

    /// <summary>The requirement that is not met, in normal form; null where none is to blame.</summary>
    public string? Requirement { get; init; }

    /// <summary>The targets that it is about, such as <c>linux-x64, Python 3.11</c>; none where it is about all of them.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>What to do, a sentence.</summary>
    public required string Remedy { get; init; }

    /// <summary>The place in the lock, where there is one.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The finding as an error for a person.</summary>
    public Diagnostic ToDiagnostic() => Diagnostic.Error(
        Code,
        Targets.Count == 0 ? Message : $"On {Shown()}: {Message}",
        Location,
        Remedy,
        Targets.Count > MaxShown ? "Where: " + string.Join("; ", Targets) : null);

    private const int MaxShown = 2;

    private string Shown() => Targets.Count <= MaxShown
        ? string.Join(" and ", Targets)
        : FormattableString.Invariant($"{Targets[0]} and {Targets.Count - 1} more");
}

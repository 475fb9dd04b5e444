using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>
/// The requirements that many documents of metadata say alike: the releases of a distribution ask for the same in nearly every line, and
/// each line is read and kept once. Only what needed no mending is kept. Safe for use by many threads.
/// </summary>
public sealed class RequirementCache
{
    // Far more than any solve meets; beyond, lines are read as if there were no cache.
    private const int MaxCount = 1 << 17;

    private readonly ConcurrentDictionary<string, Requirement> _requirements = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, VersionSpecifiers> _pythons = new(StringComparer.Ordinal);

    internal bool TryFind(ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement) =>
        _requirements.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out requirement);

    internal void Keep(string text, Requirement requirement)
    {
        if (_requirements.Count < MaxCount)
            _requirements[text] = requirement;
    }

    internal bool TryFind(string text, [NotNullWhen(true)] out VersionSpecifiers? python) => _pythons.TryGetValue(text, out python);

    internal void Keep(string text, VersionSpecifiers python)
    {
        if (_pythons.Count < MaxCount)
            _pythons[text] = python;
    }
}

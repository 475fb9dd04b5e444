using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Finds the word that a person most likely meant.</summary>
internal static class NearName
{
    /// <summary>The nearest candidate by edit distance (a swap of neighbours is one edit), or null when none is near.</summary>
    public static string? Find(string text, IEnumerable<string> candidates)
    {
        var limit = Math.Max(1, Math.Min(3, text.Length / 4));
        string? nearest = null;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - text.Length) > limit)
                continue;
            var distance = EditDistance.Between(text.ToLowerInvariant(), candidate);
            if (distance > limit || (distance == limit && nearest is not null))
                continue;
            nearest = candidate;
            limit = distance;
        }

        return nearest;
    }

    /// <summary>The sentence that offers the nearest candidate, else <paramref name="otherwise"/>.</summary>
    public static string Remedy(string text, IReadOnlyCollection<string> candidates, string otherwise) =>
        Find(text, candidates) is { } near ? $"Did you mean '{near}'?" : otherwise;
}

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
            var distance = Distance(text.ToLowerInvariant(), candidate);
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

    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                var distance = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    distance = Math.Min(distance, rows[i - 2, j - 2] + 1);
                rows[i, j] = distance;
            }
        }

        return rows[left.Length, right.Length];
    }
}

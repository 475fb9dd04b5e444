using VenvBuild.Packaging;

namespace VenvBuild.Server.Pages.Locks;

/// <summary>What a lock was made of, in few words.</summary>
internal static class LockSummary
{
    private const int MaxAsked = 5;
    private const string RequirementKey = "requirement: ";

    /// <summary>What was asked for, as far as a line goes.</summary>
    public static string Asked(LockDocument document)
    {
        var asked = (document.Provenance?.Requests ?? []).Where(line => line.StartsWith(RequirementKey, StringComparison.Ordinal)).Select(line => line[RequirementKey.Length..]).ToList();
        if (asked.Count == 0)
            return document.Provenance is null ? $"made by {document.CreatedBy}" : "nothing";
        return string.Join(", ", asked.Take(MaxAsked)) + (asked.Count > MaxAsked ? $" and {asked.Count - MaxAsked} more" : "");
    }

    /// <summary>The bytes of a pin's wheels, as far as the lock tells.</summary>
    public static long Size(LockedPackage package) => package.Wheels.Sum(wheel => wheel.Size ?? 0);
}

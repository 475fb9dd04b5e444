namespace VenvBuild.Server;

/// <summary>A project whose pins differ between two locks.</summary>
/// <param name="Name">The project.</param>
/// <param name="Before">The versions that the first lock pins; none where it does not have the project.</param>
/// <param name="After">The same of the second.</param>
internal sealed record LockDifference(string Name, IReadOnlyList<string> Before, IReadOnlyList<string> After)
{
    /// <summary>What is different between two locks, by name.</summary>
    /// <param name="pins">The pins of both, by name and version.</param>
    /// <param name="before">The digest of the first.</param>
    /// <param name="after">The digest of the second.</param>
    public static IReadOnlyList<LockDifference> Between(IEnumerable<LockPin> pins, string before, string after) =>
    [
        .. pins.GroupBy(pin => pin.Name, StringComparer.Ordinal)
            .Select(group => new LockDifference(group.Key, Of(group, before), Of(group, after)))
            .Where(difference => !difference.Before.SequenceEqual(difference.After, StringComparer.Ordinal)),
    ];

    private static List<string> Of(IEnumerable<LockPin> pins, string digest) => [.. pins.Where(pin => pin.LockDigest == digest).Select(pin => pin.Version)];
}

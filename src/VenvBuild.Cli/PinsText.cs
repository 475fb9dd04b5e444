namespace VenvBuild.Cli;

/// <summary>What the verbs about pins say alike.</summary>
internal static class PinsText
{
    /// <summary>The condition of a dependency, as an end of its line.</summary>
    public static string When(string? marker) => marker is null ? "" : $" where {marker}";

    /// <summary>Says whose metadata could not be read, so that an answer without their bounds does not look whole.</summary>
    public static void TellUnread(Session session, IReadOnlyList<string> unread)
    {
        const int Shown = 3;
        foreach (var line in unread.Take(Shown))
            session.Say($"Could not be read: {line}. What it needs is told by the lock, which has no bounds.");
        if (unread.Count > Shown)
            session.Say($"And {unread.Count - Shown} more could not be read.");
    }
}

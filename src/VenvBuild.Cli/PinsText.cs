namespace VenvBuild.Cli;

/// <summary>What the verbs about pins say alike.</summary>
internal static class PinsText
{
    /// <summary>The condition of a dependency, as an end of its line.</summary>
    public static string When(string? marker) => marker is null ? "" : $" where {marker}";

    /// <summary>Says whose metadata could not be read, so that an answer with holes does not look whole.</summary>
    public static void TellUnread(Session session, IReadOnlyList<string> unread)
    {
        foreach (var line in unread)
            session.Say($"Could not be read: {line}. What it needs is not known.");
    }
}

using System.Text;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>The answer to <c>why</c> for people.</summary>
internal static class WhyText
{
    public static string Of(WhyOutcome outcome)
    {
        var text = new StringBuilder();
        if (outcome.Version is { } version)
            AddVersion(text, outcome, version);
        else if (outcome.Pins.Count == 0)
            AddUnasked(text, outcome);
        else
            AddPaths(text, outcome);
        return text.ToString().TrimEnd('\n');
    }

    private static void AddPaths(StringBuilder text, WhyOutcome outcome)
    {
        text.Append(outcome.Name).Append(' ').AppendJoin(" and ", outcome.Pins).Append(" is needed by\n");
        foreach (var path in outcome.Paths)
            text.Append("  ").Append(path).Append('\n');
        if (outcome.HasMorePaths)
            text.Append("  and in further, longer ways\n");
        AddBounds(text, outcome);
    }

    private static void AddBounds(StringBuilder text, WhyOutcome outcome)
    {
        var bounds = outcome.Bounds.Where(bound => bound.Specifiers.Length > 0).ToList();
        text.Append(bounds.Count == 0 ? "Nobody bounds its versions.\n" : "Its versions are bounded by\n");
        var width = bounds.Count == 0 ? 0 : bounds.Max(bound => bound.Specifiers.Length);
        foreach (var bound in bounds)
            text.Append("  ").Append(bound.Specifiers.PadRight(width)).Append("  ").Append(bound.By).Append(PinsText.When(bound.Where)).Append('\n');
    }

    private static void AddUnasked(StringBuilder text, WhyOutcome outcome)
    {
        text.Append("The lock does not pin ").Append(outcome.Name).Append(": nothing asks for it.\n");
        foreach (var line in outcome.Unasked)
            text.Append("  ").Append(line).Append(", which does not count here\n");
    }

    private static void AddVersion(StringBuilder text, WhyOutcome outcome, WhyVersion version)
    {
        var name = $"{outcome.Name} {version.Version}";
        if (outcome.Pins.Contains(version.Version, StringComparer.Ordinal))
        {
            text.Append(name).Append(" is what the lock pins.\n");
            return;
        }

        if (version.WouldDo)
        {
            text.Append(name).Append(" would do. To take it: dotnet pyenv lock --upgrade-package ").Append(outcome.Name).Append("==").Append(version.Version).Append('\n');
            foreach (var change in version.Changes)
                text.Append("  ").Append(change).Append('\n');
            return;
        }

        text.Append(name).Append(" would not do.\n");
        foreach (var line in version.Reason)
            text.Append("  ").Append(line).Append('\n');
    }
}

using System.Text;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>Trees of pins as lines.</summary>
internal static class TreeText
{
    public static string Of(TreeOutcome outcome, bool isInverted)
    {
        var text = new StringBuilder(outcome.Name).Append('\n');
        Add(text, outcome.Roots, "", isInverted);
        return text.ToString().TrimEnd('\n');
    }

    private static void Add(StringBuilder text, IReadOnlyList<TreeNode> nodes, string indent, bool isInverted)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var (node, isLast) = (nodes[i], i == nodes.Count - 1);
            text.Append(indent).Append(isLast ? "└── " : "├── ").Append(Line(node, isInverted)).Append('\n');
            Add(text, node.Children, indent + (isLast ? "    " : "│   "), isInverted);
        }
    }

    private static string Line(TreeNode node, bool isInverted)
    {
        var line = new StringBuilder(node.Name);
        if (node.Version is not null)
            line.Append(' ').Append(node.Version);
        var asked = isInverted || node.Asked is null || !node.Asked.StartsWith(node.Name, StringComparison.Ordinal) ? node.Asked : node.Asked[node.Name.Length..];
        if (!string.IsNullOrEmpty(asked))
            line.Append(isInverted ? " asks for " : "  ").Append(asked);
        if (node.Group is not null && !isInverted)
            line.Append("  (group ").Append(node.Group).Append(')');
        line.Append(PinsText.When(node.Where));
        if (node.IsShownAbove)
            line.Append(" (*)");
        return line.ToString();
    }
}

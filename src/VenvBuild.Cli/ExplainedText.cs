using System.Text;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>An explanation as a person reads it: paragraphs as wide as the terminal, up to a page; lines that stand as they are, indented.</summary>
internal static class ExplainedText
{
    private const int MaxWidth = 96, MinWidth = 40;
    private const string Indentation = "    ";

    public static string Of(Explanation explanation, int width)
    {
        var columns = Math.Clamp(width, MinWidth, MaxWidth);
        var text = new StringBuilder($"{explanation.Code}: {explanation.Title}\n{explanation.Kind}\n");
        foreach (var block in explanation.Blocks)
        {
            text.Append('\n');
            if (block.Language is null)
                Wrap(text, block.Text, columns);
            else
                text.AppendJoin('\n', block.Text.Split('\n').Select(line => (Indentation + line).TrimEnd())).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private static void Wrap(StringBuilder text, string paragraph, int columns)
    {
        var column = 0;
        foreach (var word in paragraph.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > columns)
            {
                text.Append('\n');
                column = 0;
            }
            else if (column > 0)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.Append('\n');
    }
}

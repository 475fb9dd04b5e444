using Spectre.Console;

namespace VenvBuild.Cli;

/// <summary>Rows for a person at a terminal. What is piped or kept gets the same content as plain lines.</summary>
internal sealed class TerminalTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    /// <summary>The columns whose cells are numbers, and so stand at the right.</summary>
    public IReadOnlyCollection<int> Numbers { get; init; } = [];

    /// <summary>Adds a row, a cell for each heading.</summary>
    public TerminalTable Add(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    /// <summary>The table in at most <paramref name="width"/> columns; longer cells are wrapped.</summary>
    public string Render(int width, bool hasColor)
    {
        var table = new Table().Border(TableBorder.Simple);
        for (var i = 0; i < headings.Length; i++)
        {
            var column = new TableColumn(new Text(headings[i], new Style(decoration: Decoration.Bold)));
            table.AddColumn(Numbers.Contains(i) ? column.RightAligned().NoWrap() : column);
        }

        // What machines and manifests say is text, never markup.
        foreach (var row in _rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(table);
        return text.ToString().Trim('\n');
    }
}

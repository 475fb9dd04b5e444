using System.Globalization;
using Tomlyn;
using Tomlyn.Parsing;

namespace VenvBuild.Packaging;

/// <summary>
/// Reads a TOML text into nodes from Tomlyn's parse events, which neither reflect nor build a syntax tree. The events of a header
/// (<c>[a]</c>, <c>[[a]]</c>) and of a dotted key have no place of their own: that tells them from inline values, and they may be opened again.
/// </summary>
internal sealed class TomlTree
{
    // Far beyond any lock or project file; each level takes a piece of the stack, here and where the nodes are walked.
    private const int MaxDepth = 64;

    private readonly TomlParser _parser;
    private readonly string _file;
    private readonly List<Diagnostic> _problems;
    private int _depth;

    private TomlTree(TomlParser parser, string file, List<Diagnostic> problems)
    {
        _parser = parser;
        _file = file;
        _problems = problems;
    }

    /// <summary>The root table, or null when the text is no TOML; what is wrong is added to <paramref name="problems"/>.</summary>
    public static TomlNode? Read(string text, string file, List<Diagnostic> problems)
    {
        try
        {
            var parser = TomlParser.Create(text);
            var root = new TomlNode(LockValueKind.Table, 1, 1);
            // StartDocument and the root's StartTable.
            if (parser.MoveNext() && parser.MoveNext())
                new TomlTree(parser, file, problems).ReadTable(root);
            while (parser.MoveNext())
            {
                // The end of the document.
            }

            return root;
        }
        catch (TomlException problem)
        {
            problems.Add(Describe(Words(problem), problem.Line ?? 1, problem.Column ?? 1, text, file));
            return null;
        }
        catch (TooDeepException deep)
        {
            problems.Add(Describe($"Values stand more than {MaxDepth} deep in each other.", deep.Line, deep.Column, text, file));
            return null;
        }
        catch (ArgumentOutOfRangeException)
        {
            // So ends Tomlyn's lexer where the text ends after a backslash.
            problems.Add(Describe("The text ends within a string.", text.AsSpan().Count('\n') + 1, 1, text, file));
            return null;
        }
    }

    /// <summary>Tomlyn puts "(line,column) : error : " before its words and may give several lines of them.</summary>
    private static string Words(TomlException problem)
    {
        var message = problem.Message.AsSpan();
        if (message.IndexOf(": error : ", StringComparison.Ordinal) is var at and >= 0)
            message = message[(at + ": error : ".Length)..];
        if (message.IndexOfAny('\r', '\n') is var end and >= 0)
            message = message[..end];
        return message.Trim().ToString();
    }

    private static Diagnostic Describe(string problem, int at, int column, string text, string file)
    {
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            line++;
            if (content.StartsWith("<<<<<<< ", StringComparison.Ordinal) || content.SequenceEqual("<<<<<<<"))
            {
                return Diagnostic.Error(
                    LockCodes.MergeConflict,
                    "A merge left its conflict markers here: the lock is two locks at once.",
                    new(file, line, 1),
                    "Take either side of the whole file, then run 'dotnet pyenv lock': it keeps what still fits the manifest.");
            }
        }

        return Diagnostic.Error(
            LockCodes.NotToml,
            $"This is no TOML: {problem}",
            new(file, Math.Max(at, 1), Math.Max(column, 1)),
            "A lock is written by a tool: bring back the last whole one, or delete it and run 'dotnet pyenv lock' to write it anew.");
    }

    private void ReadTable(TomlNode table)
    {
        while (_parser.MoveNext() && _parser.Current.Kind == TomlParseEventKind.PropertyName)
        {
            var (line, column) = (_parser.Current.Line, _parser.Current.Column);
            var key = _parser.GetPropertyName();
            if (!_parser.MoveNext())
                return;
            var known = table.Find(key);
            var isHeader = _parser.Current.Line == 0;
            if (known is null)
                table.Add(new(key, ReadValue(line, column), line, column));
            else if (isHeader && Reopen(known.Value) is { } open)
                ReadInto(open);
            else
            {
                _problems.Add(Diagnostic.Error(
                    LockCodes.DuplicateKey,
                    $"'{key}' stands twice in this table, first in line {known.Line.ToString(CultureInfo.InvariantCulture)}.",
                    new(_file, line, column),
                    "Run 'dotnet pyenv lock' to write the lock again."));
                ReadValue(line, column);
            }
        }
    }

    /// <summary>The table or array that a second header adds to; null when it cannot.</summary>
    private TomlNode? Reopen(TomlNode known) => (known, _parser.Current.Kind) switch
    {
        ({ IsClosed: true }, _) => null,
        ({ Kind: LockValueKind.Table }, TomlParseEventKind.StartTable) => known,
        ({ Kind: LockValueKind.Array }, TomlParseEventKind.StartArray) => known,
        // [a.b] after [[a]] means the last a.
        ({ Kind: LockValueKind.Array, Items: [.., { Kind: LockValueKind.Table } last] }, TomlParseEventKind.StartTable) => last,
        _ => null,
    };

    private void ReadInto(TomlNode open)
    {
        if (open.Kind == LockValueKind.Table)
            ReadTable(open);
        else
            ReadArray(open);
    }

    private void ReadArray(TomlNode array)
    {
        while (_parser.MoveNext() && _parser.Current.Kind != TomlParseEventKind.EndArray)
            array.Items.Add(ReadValue(array.Line, array.Column));
    }

    /// <summary>The value at the parser's event; a header's has the place of its key.</summary>
    private TomlNode ReadValue(int line, int column)
    {
        var current = _parser.Current;
        var isInline = current.Line > 0;
        if (isInline)
            (line, column) = (current.Line, current.Column);
        switch (current.Kind)
        {
            case TomlParseEventKind.StartTable:
            case TomlParseEventKind.StartArray:
                if (++_depth > MaxDepth)
                    throw new TooDeepException(line, column);
                var node = new TomlNode(current.Kind == TomlParseEventKind.StartTable ? LockValueKind.Table : LockValueKind.Array, line, column) { IsClosed = isInline };
                ReadInto(node);
                _depth--;
                return node;
            case TomlParseEventKind.Integer:
                return new(LockValueKind.Integer, line, column) { Text = current.GetInt64().ToString(CultureInfo.InvariantCulture) };
            case TomlParseEventKind.Float:
                return new(LockValueKind.Float, line, column) { Text = TomlNode.FloatText(current.GetDouble()) };
            case TomlParseEventKind.Boolean:
                return new(LockValueKind.Boolean, line, column) { Text = current.GetBoolean() ? "true" : "false" };
            case TomlParseEventKind.DateTime:
                var time = current.GetTomlDateTime();
                return new(LockValueKind.DateTime, line, column)
                {
                    Text = current.StringValue ?? time.ToString(),
                    Instant = time.Kind is TomlDateTimeKind.OffsetDateTimeByZ or TomlDateTimeKind.OffsetDateTimeByNumber or TomlDateTimeKind.LocalDateTime
                        ? time.Kind == TomlDateTimeKind.LocalDateTime ? new(DateTime.SpecifyKind(time.DateTime.DateTime, DateTimeKind.Utc)) : time.DateTime
                        : null,
                };
            default:
                return new(LockValueKind.String, line, column) { Text = _parser.GetString() };
        }
    }

    private sealed class TooDeepException(int line, int column) : Exception
    {
        public int Line { get; } = line;

        public int Column { get; } = column;
    }
}

using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VenvBuild.Workspace;

/// <summary>
/// Reads the one YAML document of a manifest from YamlDotNet's parser events. What makes YAML surprising or unbounded (anchors, aliases,
/// tags, further documents, deep nesting) is refused.
/// </summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 24;
    private const int MaxNodes = 200_000;

    private readonly Parser _parser;
    private readonly ManifestProblems _problems;
    private int _nodes;

    private YamlTree(Parser parser, ManifestProblems problems)
    {
        _parser = parser;
        _problems = problems;
    }

    /// <summary>The root, or null when there is none or the text is no YAML; what is wrong is added to the problems.</summary>
    public static YamlNode? Read(ManifestText text, ManifestProblems problems)
    {
        var parser = new Parser(new Scanner(new StringReader(text.Text), skipComments: true));
        try
        {
            return new YamlTree(parser, problems).ReadDocument();
        }
        catch (YamlException problem)
        {
            YamlFault.Report(problem.Message, (int)problem.Start.Line, (int)problem.Start.Column, text, problems);
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner answers some unclosed brackets so. The last thing read is the nearest place.
            var end = parser.Current?.End ?? Mark.Empty;
            YamlFault.Report("A bracket is not closed.", (int)end.Line, (int)end.Column, text, problems);
        }

        catch (ArgumentException)
        {
            // And so its parser answers a tag that is no address.
            var end = parser.Current?.End ?? Mark.Empty;
            YamlFault.Report("A tag ('!') cannot be read.", (int)end.Line, (int)end.Column, text, problems);
        }

        return null;
    }

    private YamlNode? ReadDocument()
    {
        if (!_parser.MoveNext() || !_parser.MoveNext() || _parser.Current is not DocumentStart || !_parser.MoveNext())
            return null;
        var root = ReadNode(0);
        // DocumentEnd, then StreamEnd or the next document.
        if (root is not null && _parser.MoveNext() && _parser.MoveNext() && _parser.Current is DocumentStart second)
        {
            _problems.Add(
                ManifestCodes.SeveralDocuments,
                (int)second.Start.Line,
                (int)second.Start.Column,
                "A second YAML document begins here; a manifest is one.",
                "Put it into a manifest of its own, 'pyenv.NAME.yaml'.");
        }

        return root;
    }

    /// <summary>The node at the parser's event; null when reading cannot go on.</summary>
    private YamlNode? ReadNode(int depth)
    {
        if (_parser.Current is not { } current)
            return null;
        var (line, column) = ((int)current.Start.Line, (int)current.Start.Column);
        if (depth > MaxDepth || ++_nodes > MaxNodes)
        {
            _problems.Add(
                depth > MaxDepth ? ManifestCodes.TooDeep : ManifestCodes.TooLarge,
                line,
                column,
                depth > MaxDepth
                    ? $"Values are nested more than {MaxDepth.ToString(CultureInfo.InvariantCulture)} deep; no key of a manifest takes that."
                    : "The manifest holds more values than any real one.");
            return null;
        }

        RefuseAnchorsAndTags(current, line, column);
        switch (current)
        {
            case Scalar scalar:
                return new()
                {
                    Kind = YamlNode.KindOf(scalar.Value, scalar.Style),
                    Line = line,
                    Column = column,
                    Value = scalar.Value,
                    Style = scalar.Style,
                };
            case AnchorAlias:
                return new() { Kind = YamlNodeKind.Null, Line = line, Column = column };
            case SequenceStart:
                return ReadSequence(new() { Kind = YamlNodeKind.Sequence, Line = line, Column = column }, depth);
            case MappingStart:
                return ReadMapping(new() { Kind = YamlNodeKind.Mapping, Line = line, Column = column }, depth);
            default:
                return null;
        }
    }

    private YamlNode? ReadSequence(YamlNode sequence, int depth)
    {
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
        {
            if (ReadNode(depth + 1) is not { } item)
                return null;
            sequence.Items.Add(item);
        }

        return sequence;
    }

    private YamlNode? ReadMapping(YamlNode mapping, int depth)
    {
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            if (ReadNode(depth + 1) is not { } key || !_parser.MoveNext() || ReadNode(depth + 1) is not { } value)
                return null;
            mapping.Entries.Add(new(key, value));
        }

        return mapping;
    }

    private void RefuseAnchorsAndTags(ParsingEvent current, int line, int column)
    {
        if (current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
        {
            _problems.Add(
                ManifestCodes.RefusedYaml,
                line,
                column,
                "Anchors ('&') and aliases ('*') are not used in a manifest, so that each value stands where it is meant.",
                "Write the value out, or put it in quotes if it begins with that character itself.");
        }
        else if (current is NodeEvent { Tag.IsEmpty: false })
        {
            _problems.Add(
                ManifestCodes.RefusedYaml,
                line,
                column,
                "Tags ('!') are not used in a manifest: the keys give their values' types.",
                "Put a value that begins with '!' in quotes.");
        }
    }
}

using System;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace VenvBuild.Tasks;

/// <summary>
/// What the tool says, line by line. A line in MSBuild's canonical form becomes an error or a warning, together with the indented lines that
/// follow it and explain it, so that a derivation is read where the error is.
/// </summary>
internal sealed class DiagnosticLines(TaskLoggingHelper log, Func<string> home)
{
    private static readonly Regex Canonical = new(
        @"^(?<file>.+?)(?:\((?<line>\d{1,9})(?:,(?<column>\d{1,9}))?\))?: (?<severity>error|warning) (?<code>PYENV\d{4}): (?<text>.*)$",
        RegexOptions.CultureInvariant,
        TimeSpan.FromSeconds(1));

    private readonly object _lock = new();
    private Match? _diagnostic;
    private string _text = "";

    /// <summary>Takes a line of the tool's output.</summary>
    public void Add(string line, MessageImportance importance)
    {
        lock (_lock)
        {
            if (_diagnostic is not null && line.StartsWith("    ", StringComparison.Ordinal))
            {
                _text += "\n" + line;
                return;
            }

            LogDiagnostic();
            var match = Canonical.Match(line);
            if (match.Success)
                (_diagnostic, _text) = (match, match.Groups["text"].Value);
            else if (line.Length > 0)
                log.LogMessage(importance, "{0}", WithWholePath(line));
        }
    }

    /// <summary>Logs what was kept back to see whether lines follow that belong to it.</summary>
    public void Flush()
    {
        lock (_lock)
            LogDiagnostic();
    }

    private void LogDiagnostic()
    {
        if (_diagnostic is not { } match)
            return;
        _diagnostic = null;
        var (file, code) = (WholePath(match.Groups["file"].Value), match.Groups["code"].Value);
        var (line, column) = (Number(match.Groups["line"]), Number(match.Groups["column"]));
        if (match.Groups["severity"].Value == "error")
            log.LogError(null, code, null, file, line, column, 0, 0, "{0}", _text);
        else
            log.LogWarning(null, code, null, file, line, column, 0, 0, "{0}", _text);
    }

    /// <summary>A line about what was done begins with the file or folder: a build of several environments must tell them apart.</summary>
    private string WithWholePath(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon <= 0 ? line : WholePath(line.Substring(0, colon)) + line.Substring(colon);
    }

    /// <summary>The tool speaks of files as seen from its folder; MSBuild would look for them beside its own project file.</summary>
    private string WholePath(string file)
    {
        if (file.IndexOfAny(Path.GetInvalidPathChars()) >= 0)
            return file;
        var path = Path.Combine(home(), file);
        return File.Exists(path) || Directory.Exists(path) ? path : file;
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
}

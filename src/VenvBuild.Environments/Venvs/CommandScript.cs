using System.Text;

namespace VenvBuild.Environments;

/// <summary>
/// The scripts that start a wheel's commands on POSIX. They find the interpreter beside themselves, so they hold no path: none is
/// too long for a <c>#!</c> line or has a space in it, and the environment may be moved.
/// </summary>
internal static class CommandScript
{
    // The shell reads three lines and becomes Python; to Python they are a string that nobody uses. A link to the script is followed.
    private const string Preamble = """
        #!/bin/sh
        ''':'
        case "$0" in */*) d="${0%/*}";; *) d=.;; esac; [ -L "$0" ] && d="$(dirname -- "$(realpath -- "$0")")"
        exec "$d/python" "$0" "$@"
        ' '''

        """;

    private const string Sibling = """
        #!/bin/sh
        case "$0" in */*) d="${0%/*}";; *) d=.;; esac; [ -L "$0" ] && d="$(dirname -- "$(realpath -- "$0")")"
        exec "$d/PROGRAM" "$@"

        """;

    // For a script whose docstring or __future__ import must be the first statement.
    private const string OneLine = """#!/usr/bin/env -S sh -c 'exec "$(dirname -- "$(realpath -- "$0")")/python" "$0" "$@"'""" + "\n";

    /// <summary>The script of an entry point.</summary>
    public static byte[] Of(EntryPoint point)
    {
        var first = point.Attribute.Split('.')[0];
        return Encoding.UTF8.GetBytes(
            Preamble + $"""
            import sys
            from {point.Module} import {first}
            if __name__ == "__main__":
                sys.argv[0] = sys.argv[0].removesuffix(".exe")
                sys.exit({point.Attribute}())

            """.ReplaceLineEndings("\n"));
    }

    /// <summary>A script that is another name of a program beside it.</summary>
    public static byte[] ToSibling(string program) => Encoding.ASCII.GetBytes(Sibling.Replace("PROGRAM", program, StringComparison.Ordinal));

    /// <summary>Whether a script is one whose first line was replaced.</summary>
    public static bool IsRewritten(ReadOnlySpan<byte> script) =>
        script.StartsWith(Encoding.ASCII.GetBytes(Preamble)) || script.StartsWith(Encoding.ASCII.GetBytes(OneLine));

    /// <summary>A script that began with <c>#!python</c>: its first line is replaced.</summary>
    public static byte[] Rewrite(ReadOnlySpan<byte> script)
    {
        var end = script.IndexOf((byte)'\n');
        var rest = end < 0 ? [] : script[(end + 1)..];
        var isFussy = rest.IndexOf("__future__"u8) >= 0 || rest.IndexOf("__doc__"u8) >= 0 || rest.IndexOf("coding"u8) is >= 0 and < 200;
        return [.. Encoding.ASCII.GetBytes(isFussy ? OneLine : Preamble), .. rest];
    }
}

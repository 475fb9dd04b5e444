using System;
using Microsoft.Build.Utilities;

namespace VenvBuild.Tasks;

/// <summary>Locks where the lock is stale, and makes the environment that the lock describes.</summary>
public sealed class PyEnvSync : PyEnvTool
{
    private static readonly char[] ListSeparators = [';', ','];

    /// <summary>Whether a stale lock is an error instead of work to do.</summary>
    public bool Locked { get; set; }

    /// <summary>The folder of the environment, when the manifest does not decide it.</summary>
    public string? Directory { get; set; }

    /// <summary>The interpreter, when the manifest does not decide it.</summary>
    public string? Python { get; set; }

    /// <summary>The groups to install besides the manifest's default ones, separated by semicolons.</summary>
    public string? Groups { get; set; }

    /// <inheritdoc/>
    protected override void AddVerb(CommandLineBuilder line)
    {
        line.AppendSwitch("sync");
        if (Locked)
            line.AppendSwitch("--locked");
        line.AppendSwitchIfNotNull("--path ", NullIfEmpty(Directory));
        line.AppendSwitchIfNotNull("--python ", NullIfEmpty(Python));
        foreach (var group in (Groups ?? "").Split(ListSeparators, StringSplitOptions.RemoveEmptyEntries))
            line.AppendSwitchIfNotNull("--group ", NullIfEmpty(group)?.Trim());
    }
}

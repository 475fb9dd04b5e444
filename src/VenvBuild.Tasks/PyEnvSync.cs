using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Build.Utilities;

namespace VenvBuild.Tasks;

/// <summary>Locks where the lock is stale, and makes the environment that the lock describes.</summary>
public class PyEnvSync : PyEnvTool
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

    /// <summary>The verb, which decides what is done with the options.</summary>
    protected virtual string Verb => "sync";

    /// <inheritdoc/>
    protected override void AddVerb(CommandLineBuilder line)
    {
        line.AppendSwitch(Verb);
        if (Locked)
            line.AppendSwitch("--locked");
        line.AppendSwitchIfNotNull("--path ", NullIfEmpty(Directory));
        line.AppendSwitchIfNotNull("--python ", NullIfEmpty(Python));
        foreach (var group in Words(Groups))
            line.AppendSwitchIfNotNull("--group ", group);
    }

    /// <summary>The words of a property that holds several.</summary>
    protected static IEnumerable<string> Words(string? list) =>
        (list ?? "").Split(ListSeparators, StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim()).Where(word => word.Length > 0);
}

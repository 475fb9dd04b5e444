using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace VenvBuild.Tasks;

/// <summary>Starts <c>dotnet-pyenv</c>, as a native executable or through the host of .NET, and makes its diagnostics MSBuild's.</summary>
public abstract class PyEnvTool : ToolTask
{
    // They point the child at this MSBuild's own files, which is wrong for any other MSBuild that it may start.
    private static readonly string[] InheritedVariables =
        ["MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILDENSURESTDOUTFORTASKPROCESSES"];

    private readonly DiagnosticLines _lines;

    /// <summary>Makes the task.</summary>
    protected PyEnvTool() => _lines = new(Log, GetWorkingDirectory);

    /// <summary>The tool: <c>dotnet-pyenv.dll</c> or a native executable.</summary>
    [Required]
    public string Tool { get; set; } = "";

    /// <summary>The <c>dotnet</c> that runs a tool which is a .dll; without it, the one on PATH.</summary>
    public string? DotNetHost { get; set; }

    /// <summary>The manifest.</summary>
    [Required]
    public string Manifest { get; set; } = "";

    /// <summary>The resolver server to use instead of the manifest's.</summary>
    public string? Server { get; set; }

    /// <summary>Whether the network is not to be used.</summary>
    public bool Offline { get; set; }

    /// <inheritdoc/>
    protected override string ToolName => NeedsHost ? (Path.DirectorySeparatorChar == '\\' ? "dotnet.exe" : "dotnet") : Path.GetFileName(Tool);

    /// <inheritdoc/>
    protected override Encoding StandardOutputEncoding => Encoding.UTF8;

    /// <inheritdoc/>
    protected override Encoding StandardErrorEncoding => Encoding.UTF8;

    /// <summary>The tool writes to stdout only what it did, in one line, and nothing when there was nothing to do.</summary>
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.High;

    /// <inheritdoc/>
    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Normal;

    private bool NeedsHost => Tool.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds the verb and its options.</summary>
    protected abstract void AddVerb(CommandLineBuilder line);

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool() =>
        !NeedsHost ? Tool : string.IsNullOrEmpty(DotNetHost) ? ToolName : DotNetHost!;

    /// <inheritdoc/>
    protected override string GenerateCommandLineCommands()
    {
        var line = new CommandLineBuilder();
        if (NeedsHost)
            line.AppendFileNameIfNotNull(Tool);
        AddVerb(line);
        line.AppendSwitchIfNotNull("--manifest ", Manifest);
        line.AppendSwitchIfNotNull("--server ", NullIfEmpty(Server));
        if (Offline)
            line.AppendSwitch("--offline");
        line.AppendSwitch("--diagnostics msbuild");
        return line.ToString();
    }

    /// <inheritdoc/>
    protected override string GetWorkingDirectory() => Path.GetDirectoryName(Path.GetFullPath(Manifest))!;

    /// <inheritdoc/>
    protected override ProcessStartInfo GetProcessStartInfo(string pathToTool, string commandLineCommands, string responseFileSwitch)
    {
        var start = base.GetProcessStartInfo(pathToTool, commandLineCommands, responseFileSwitch);
        foreach (var variable in InheritedVariables)
            start.Environment.Remove(variable);
        return start;
    }

    /// <inheritdoc/>
    protected override int ExecuteTool(string pathToTool, string responseFileCommands, string commandLineCommands)
    {
        var exitCode = base.ExecuteTool(pathToTool, responseFileCommands, commandLineCommands);
        _lines.Flush();
        return exitCode;
    }

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance) =>
        _lines.Add(singleLine, messageImportance);

    /// <summary>The command line is for those who look for it.</summary>
    protected override void LogToolCommand(string message) => Log.LogCommandLine(MessageImportance.Low, message);

    /// <summary>An option's value, or null where a property was left empty.</summary>
    protected static string? NullIfEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}

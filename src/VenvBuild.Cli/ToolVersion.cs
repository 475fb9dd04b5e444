using System.Reflection;

namespace VenvBuild.Cli;

/// <summary>The version of this tool.</summary>
internal static class ToolVersion
{
    /// <summary>The package version, without the commit that it was built from.</summary>
    public static string Current { get; } = Informational().Split('+')[0];

    private static string Informational() =>
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}

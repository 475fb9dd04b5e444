using System.Reflection;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>How these tests were built, and so where what they start was built.</summary>
internal static class BuildOfTests
{
    /// <summary><c>Debug</c> or <c>Release</c>.</summary>
    public static string Configuration { get; } = Metadata("Configuration");

    /// <summary>The version of the packages that the repository makes.</summary>
    public static string PackageVersion { get; } = Metadata("PackageVersion");

    private static string Metadata(string key) =>
        typeof(BuildOfTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;
}

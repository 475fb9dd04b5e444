using System.Globalization;

namespace VenvBuild.Environments.Tests;

/// <summary>How long to look for hostile input that chance finds: <c>VENVBUILD_FUZZ</c> says how many, for each test that asks.</summary>
internal static class Fuzz
{
    public static int Iterations(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("VENVBUILD_FUZZ"), CultureInfo.InvariantCulture, out var asked) ? asked : usual;
}

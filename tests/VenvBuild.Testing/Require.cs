using Xunit;

namespace VenvBuild.Testing;

/// <summary>
/// What a test needs beyond the SDK, Python and NuGet. Where it is missing the test is skipped with the reason named; under
/// <c>VENVBUILD_REQUIRE=all</c> it fails instead, so that a complete machine cannot pass by skipping.
/// </summary>
public static class Require
{
    /// <summary>The recorded slice of PyPI, beside the repository.</summary>
    public static string Slice() => Shared("index");

    /// <summary>The conformance vectors, beside the repository.</summary>
    public static string Conformance() => Shared("conformance");

    /// <summary>Skips, or fails under <c>VENVBUILD_REQUIRE=all</c>, unless <paramref name="isThere"/>.</summary>
    public static void That(bool isThere, string what)
    {
        if (isThere)
            return;
        if (Environment.GetEnvironmentVariable("VENVBUILD_REQUIRE") == "all")
            Assert.Fail($"Required here and missing: {what}.");
        Assert.Skip($"Missing: {what}.");
    }

    private static string Shared(string name)
    {
        var folder = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", name));
        That(Directory.Exists(folder), $"the folder ../shared/{name} beside the repository");
        return folder;
    }
}

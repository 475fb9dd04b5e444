using System.Runtime.CompilerServices;
using Xunit;

namespace VenvBuild.Testing;

/// <summary>Compares a text with the one that was committed, so that what people read changes only when somebody looked at it.</summary>
public static class Snapshot
{
    private const string MappedRoot = "/_/";

    /// <summary>
    /// Fails unless <c>NAME.verified.txt</c> holds the text; what was got is then beside it as <c>NAME.received.txt</c>, to be compared and,
    /// when it is right, renamed.
    /// </summary>
    /// <param name="text">The text, whose line ends do not matter.</param>
    /// <param name="path">The snapshot's path without <c>.verified.txt</c>; relative ones start at the test's own file.</param>
    /// <param name="test">The test's own file.</param>
    public static void Match(string text, string path, [CallerFilePath] string test = "")
    {
        // A deterministic build names its files from the root of the repository on.
        if (test.StartsWith(MappedRoot, StringComparison.Ordinal))
            test = Path.Combine(Repository.Root, test[MappedRoot.Length..]);
        var stem = Path.Combine(Path.GetDirectoryName(test)!, path);
        var (verified, received) = (stem + ".verified.txt", stem + ".received.txt");
        text = text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        var expected = File.Exists(verified) ? File.ReadAllText(verified).ReplaceLineEndings("\n") : "";
        if (string.Equals(text, expected, StringComparison.Ordinal))
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        Assert.Fail($"{Path.GetFileName(received)} differs from {Path.GetFileName(verified)}:\n{text}");
    }
}

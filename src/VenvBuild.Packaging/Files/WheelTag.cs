using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>What one build of a wheel fits: <c>python-abi-platform</c>, lower case (PEP 425).</summary>
/// <param name="Python">The interpreter, such as <c>cp312</c> or <c>py3</c>.</param>
/// <param name="Abi">The binary interface, such as <c>cp312</c>, <c>abi3</c> or <c>none</c>.</param>
/// <param name="Platform">The platform, such as <c>manylinux_2_17_x86_64</c> or <c>any</c>.</param>
public readonly record struct WheelTag(string Python, string Abi, string Platform)
{
    /// <summary>Reads one tag; a compressed set is none.</summary>
    /// <exception cref="PackagingFormatException">The text is no tag.</exception>
    public static WheelTag Parse(string text) =>
        TryParse(text, out var tag) ? tag : throw new PackagingFormatException($"'{text}' is no wheel tag (PEP 425).", text, 0);

    /// <summary>Reads one tag; a compressed set is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out WheelTag tag)
    {
        tag = default;
        if (text is null || !WheelTagSet.TryParse(text, out var set) || set.Count != 1)
            return false;
        tag = new(set.Pythons[0], set.Abis[0], set.Platforms[0]);
        return true;
    }

    /// <summary>The three joined by dashes.</summary>
    public override string ToString() => $"{Python}-{Abi}-{Platform}";
}

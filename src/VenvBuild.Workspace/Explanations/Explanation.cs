using System.Globalization;

namespace VenvBuild.Workspace;

/// <summary>What a diagnostic's code means, what usually causes it, and what to do: as <c>dotnet pyenv explain</c> and a server's pages show it.</summary>
/// <param name="Code">The code, <c>PYENVnnnn</c>.</param>
/// <param name="Title">What is the matter, in a few words.</param>
/// <param name="Kind">How grave it is and how a run ends by it, such as <c>error, exit 2</c>; several where it depends, with <c>; </c> between.</param>
/// <param name="Blocks">The text.</param>
public sealed record Explanation(string Code, string Title, string Kind, IReadOnlyList<ExplanationBlock> Blocks)
{
    private const string Prefix = "PYENV";
    private const int Digits = 4, RangeDigits = 2, MaxNear = 3;

    /// <summary>The explanation of a code, which may be written without <c>PYENV</c> and in any case; null where there is no such code.</summary>
    public static Explanation? Find(string code)
    {
        var number = Number(code);
        return number.Length == Digits && number.All(char.IsAsciiDigit)
            ? ExplanationText.Read(number[..RangeDigits]).FirstOrDefault(one => one.Code.EndsWith(number, StringComparison.Ordinal))
            : null;
    }

    /// <summary>The explanations of all codes, by number.</summary>
    public static IReadOnlyList<Explanation> All() => [.. ExplanationText.Ranges().SelectMany(ExplanationText.Read)];

    /// <summary>The codes that a wrong one is nearest to: by its digits, and then by its number.</summary>
    public static IReadOnlyList<Explanation> Near(string code)
    {
        var number = Number(code);
        var value = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : 0;
        return
        [
            .. All().OrderBy(one => EditDistance(one, number)).ThenBy(one => Math.Abs(int.Parse(Number(one.Code), CultureInfo.InvariantCulture) - value))
                .Take(MaxNear).OrderBy(one => one.Code, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether the code, the title or the text holds a text, in whatever case.</summary>
    public bool Mentions(string text) =>
        Code.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Title.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Blocks.Any(block => block.Text.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static int EditDistance(Explanation one, string number) => Packaging.EditDistance.Between(Number(one.Code), number.Length > Digits ? number[..Digits] : number);

    private static string Number(string code)
    {
        var text = code.Trim();
        return text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..] : text;
    }
}

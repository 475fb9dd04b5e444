namespace VenvBuild.Server;

/// <summary>A page of a longer list, and the way to its neighbours.</summary>
/// <param name="Number">The page, from 1.</param>
/// <param name="Total">How many items there are in all.</param>
/// <param name="Query">What the list is narrowed to: names and values of the address.</param>
internal sealed record Pager(int Number, int Total, IReadOnlyDictionary<string, string?> Query)
{
    public const int Size = 25;

    public int Pages => Math.Max(1, (Total + Size - 1) / Size);

    /// <summary>The address of a page, without its path.</summary>
    public string Link(int number) => Microsoft.AspNetCore.Http.QueryString.Create(
        Query.Where(pair => !string.IsNullOrEmpty(pair.Value)).Append(new("p", number.ToString(System.Globalization.CultureInfo.InvariantCulture)))).ToString();

    /// <summary>A number that an address names, within sense.</summary>
    public static int Clamp(int? number) => Math.Clamp(number ?? 1, 1, 10_000);
}

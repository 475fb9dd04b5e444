using System.Collections.Concurrent;
using System.Globalization;

namespace VenvBuild.Remote;

/// <summary>
/// A release that holds environments: <c>pyenv-1</c>, <c>pyenv-2</c> and so on, a new one when the last is full. A shelf is a release because
/// that is what assets are kept by; its assets are the layers, by digest, and of each environment the description and the signatures, by key.
/// </summary>
/// <param name="number">Its number, from 1.</param>
/// <param name="id">The release's id.</param>
/// <param name="isDraft">Whether only those who may write see it.</param>
/// <param name="isImmutable">Whether nothing can be added or changed any more: so it is with what is published while a repository has immutable releases.</param>
/// <param name="uploadUrl">Where its files are sent to.</param>
/// <param name="assets">What is in it.</param>
internal sealed class Shelf(int number, long id, bool isDraft, bool isImmutable, string uploadUrl, IEnumerable<ShelfAsset> assets)
{
    /// <summary>A release takes 1,000 assets; the last ones are kept for what belongs to a layer that is on its way.</summary>
    public const int Capacity = 990;

    private const string TagPrefix = "pyenv-";

    public int Number { get; } = number;

    public long Id { get; } = id;

    public bool IsDraft { get; } = isDraft;

    /// <summary>Whether files can be added and replaced.</summary>
    public bool IsOpen => IsDraft || !isImmutable;

    public string Tag => TagOf(Number);

    public ConcurrentDictionary<string, ShelfAsset> Assets { get; } = new(assets.Select(asset => KeyValuePair.Create(asset.Name, asset)), StringComparer.Ordinal);

    /// <summary>Where an asset of a name is sent to. The API gives a template (RFC 6570) with the name left out.</summary>
    public Uri UploadUrl(string name)
    {
        var brace = uploadUrl.IndexOf('{', StringComparison.Ordinal);
        return new($"{(brace < 0 ? uploadUrl : uploadUrl[..brace])}?name={Uri.EscapeDataString(name)}");
    }

    public static string TagOf(int number) => FormattableString.Invariant($"{TagPrefix}{number}");

    /// <summary>The number of a shelf by its tag; null when it is no shelf's.</summary>
    public static int? NumberOf(string? tag) =>
        tag?.StartsWith(TagPrefix, StringComparison.Ordinal) == true && int.TryParse(tag.AsSpan(TagPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number : null;
}

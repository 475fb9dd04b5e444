using System.Buffers;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>
/// Judges the addresses of a page. Nearly all of them are plain and have the same origin, which tells without making a <see cref="Uri"/>
/// that one can be made.
/// </summary>
internal sealed class PageAddresses(Uri baseUrl)
{
    private const int MaxLength = 8192;

    // No colon, at sign or backslash: these can change the scheme or the host.
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("!%&+-./0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"u8);

    private byte[] _origin = [];

    public Uri Base { get; private set; } = baseUrl;

    /// <summary>Resolves later addresses against <paramref name="href"/>, if that is usable itself.</summary>
    public void Rebase(ReadOnlySpan<byte> href)
    {
        if (href.Length <= MaxLength && Resolve(href) is { } url)
            Base = url;
    }

    /// <summary>Whether the address is one of the web, or of the file system where the page is a file too.</summary>
    public bool IsUsable(ReadOnlySpan<byte> address)
    {
        if (address.Length is 0 or > MaxLength)
            return false;
        if (_origin.Length > 0 && address.StartsWith(_origin))
            return !address[_origin.Length..].ContainsAnyExcept(Plain) || Resolve(address) is not null;
        if (!address.ContainsAnyExcept(Plain) && !address.StartsWith("//"u8))
            return true;
        if (Resolve(address) is null)
            return false;
        if (Origin(address) is { IsEmpty: false } origin)
            _origin = origin.ToArray();
        return true;
    }

    private Uri? Resolve(ReadOnlySpan<byte> address) =>
        Uri.TryCreate(Base, Encoding.UTF8.GetString(address), out var url)
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp || url.IsFile && Base.IsFile)
            ? url
            : null;

    /// <summary><c>https://host/</c> at the head of a plain address, or nothing.</summary>
    private static ReadOnlySpan<byte> Origin(ReadOnlySpan<byte> address)
    {
        var start = address.StartsWith("https://"u8) ? 8 : address.StartsWith("http://"u8) ? 7 : 0;
        var length = start == 0 ? -1 : address[start..].IndexOf((byte)'/');
        return length < 0 ? default : address[..(start + length + 1)];
    }
}

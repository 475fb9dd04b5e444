using System.Net.Http.Headers;
using System.Text;

namespace VenvBuild.Index;

/// <summary>A user and a password, for HTTP Basic. Has no text form, so that it cannot slip into a message.</summary>
internal sealed class Credentials(string user, string password)
{
    public AuthenticationHeaderValue Header { get; } =
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>Those in an address such as <c>https://user:password@host/</c>, or null.</summary>
    public static Credentials? FromUserInfo(Uri url)
    {
        if (url.UserInfo.Length == 0)
            return null;
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new(Uri.UnescapeDataString(url.UserInfo), "")
            : new(Uri.UnescapeDataString(url.UserInfo[..colon]), Uri.UnescapeDataString(url.UserInfo[(colon + 1)..]));
    }

    public override string ToString() => "(hidden)";
}

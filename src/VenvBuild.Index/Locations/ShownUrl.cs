namespace VenvBuild.Index;

/// <summary>Addresses as they may be shown and written: without what could be a secret.</summary>
internal static class ShownUrl
{
    /// <summary>Without user, password, query and fragment: queries carry tokens of signed addresses.</summary>
    public static string Of(Uri url) =>
        url.IsAbsoluteUri
            ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            : "(relative) " + url.OriginalString.Split('?', '#')[0];

    /// <summary>Without user, password and fragment; the query stays, for it may be needed to ask.</summary>
    public static Uri WithoutSecrets(Uri url) =>
        url.UserInfo.Length == 0 && url.Fragment.Length == 0
            ? url
            : new(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped));

    public static bool IsSameOrigin(Uri one, Uri other) =>
        string.Equals(one.Scheme, other.Scheme, StringComparison.OrdinalIgnoreCase)
        && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase)
        && one.Port == other.Port;
}

using System.Collections.Concurrent;

namespace VenvBuild.Index;

/// <summary>
/// Finds credentials for an address. In this order: those in the index's own URL, <c>VENVBUILD_INDEX_NAME_USERNAME</c> and
/// <c>VENVBUILD_INDEX_NAME_PASSWORD</c> (NAME is the index's name in capitals, anything but letters and digits as <c>_</c>), both only for
/// the index's own scheme, host and port; then netrc by host.
/// </summary>
internal sealed class CredentialStore(Func<string, string?> environment, bool usesVariables = true)
{
    private readonly Lazy<Netrc> _netrc = new(() => Netrc.Read(environment));
    private readonly ConcurrentDictionary<string, Credentials?> _fromEnvironment = new(StringComparer.Ordinal);

    public static string VariablePrefix(string indexName) =>
        "VENVBUILD_INDEX_" + string.Create(indexName.Length, indexName, (span, name) =>
        {
            for (var i = 0; i < name.Length; i++)
                span[i] = char.IsAsciiLetterOrDigit(name[i]) ? char.ToUpperInvariant(name[i]) : '_';
        });

    public Credentials? For(Uri url, Asker asker)
    {
        if (asker.Home is { } home && ShownUrl.IsSameOrigin(url, home))
        {
            var own = asker.UrlCredentials ?? (usesVariables && asker.IndexName is { } name ? _fromEnvironment.GetOrAdd(name, FromEnvironment) : null);
            if (own is not null)
                return own;
        }

        return _netrc.Value.For(url.IdnHost);
    }

    /// <summary>Where was looked, for the person who must add what is missing.</summary>
    public string Searched(Uri url, Asker asker)
    {
        var places = new List<string>();
        if (asker.Home is { } home && ShownUrl.IsSameOrigin(url, home))
        {
            places.Add("the index's URL");
            if (usesVariables && asker.IndexName is { } name)
                places.Add($"{VariablePrefix(name)}_USERNAME and _PASSWORD");
        }

        places.Add($"{_netrc.Value.Path ?? "~/.netrc"} for '{url.IdnHost}'");
        return string.Join(", ", places);
    }

    private Credentials? FromEnvironment(string indexName)
    {
        var prefix = VariablePrefix(indexName);
        var (user, password) = (environment(prefix + "_USERNAME"), environment(prefix + "_PASSWORD"));
        return string.IsNullOrEmpty(user) && string.IsNullOrEmpty(password) ? null : new(user ?? "", password ?? "");
    }
}

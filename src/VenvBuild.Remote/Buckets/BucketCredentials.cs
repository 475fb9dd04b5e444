using System.Globalization;

namespace VenvBuild.Remote;

/// <summary>The key that requests to buckets are signed with. The secret is shown to nobody.</summary>
internal sealed class BucketCredentials(string key, string secret, string? sessionToken = null)
{
    private const int MaxBytes = 1 << 20;

    public string Key { get; } = key;

    public string Secret { get; } = secret;

    /// <summary>What goes along with a key that was lent for a while; null for others.</summary>
    public string? SessionToken { get; } = sessionToken;

    /// <summary>
    /// The credentials as Amazon's own tools find them: the variables <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c> and
    /// <c>AWS_SESSION_TOKEN</c>, else the profile <c>AWS_PROFILE</c> (<c>default</c>) of the file <c>AWS_SHARED_CREDENTIALS_FILE</c>
    /// (<c>~/.aws/credentials</c>). Null for none: then requests are not signed, which is enough for public buckets.
    /// </summary>
    public static BucketCredentials? Find(Func<string, string?> environment)
    {
        if (environment("AWS_ACCESS_KEY_ID") is { Length: > 0 } key && environment("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret)
            return new(key, secret, environment("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token : null);
        var profile = ReadProfile(PathOf(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"), Profile(environment));
        return profile.TryGetValue("aws_access_key_id", out var known) && profile.TryGetValue("aws_secret_access_key", out var hidden)
            ? new(known, hidden, profile.GetValueOrDefault("aws_session_token"))
            : null;
    }

    /// <summary>The region: <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c>, else that of the profile in <c>AWS_CONFIG_FILE</c> (<c>~/.aws/config</c>); null for none.</summary>
    public static string? FindRegion(Func<string, string?> environment)
    {
        if ((environment("AWS_REGION") is { Length: > 0 } region ? region : environment("AWS_DEFAULT_REGION")) is { Length: > 0 } named)
            return named;
        var name = Profile(environment);
        return ReadProfile(PathOf(environment, "AWS_CONFIG_FILE", "config"), name == "default" ? name : $"profile {name}").GetValueOrDefault("region");
    }

    /// <summary>No secret is in what somebody prints.</summary>
    public override string ToString() => Key.Length > 4 ? $"{Key[..4]}..." : "...";

    private static string Profile(Func<string, string?> environment) => environment("AWS_PROFILE") is { Length: > 0 } profile ? profile : "default";

    private static string? PathOf(Func<string, string?> environment, string variable, string name) => environment(variable) is { Length: > 0 } path
        ? path
        : (environment("HOME") ?? environment("USERPROFILE")) is { Length: > 0 } home ? Path.Combine(home, ".aws", name) : null;

    /// <summary>The settings of one section; a file that is not there, or cannot be read, has none.</summary>
    private static Dictionary<string, string> ReadProfile(string? path, string section)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (path is null || new FileInfo(path) is not { Exists: true, Length: < MaxBytes })
                return settings;
            var isIn = false;
            foreach (var line in File.ReadLines(path))
            {
                var text = line.Trim();
                if (text.StartsWith('[') && text.EndsWith(']'))
                    isIn = text[1..^1].Trim() == section;
                else if (isIn && !text.StartsWith('#') && text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
                    settings[text[..at].Trim().ToLower(CultureInfo.InvariantCulture)] = text[(at + 1)..].Trim();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            settings.Clear();
        }

        return settings;
    }
}

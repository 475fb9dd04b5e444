using System.Globalization;

namespace VenvBuild.Resolver;

/// <summary>Says when something was published, in UTC.</summary>
internal static class PublicationTime
{
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The last day before a limit where that ends with a day, as a person wrote it; else the limit to the second.</summary>
    public static string Last(DateTimeOffset limit) => limit.UtcDateTime.TimeOfDay == TimeSpan.Zero && limit.UtcDateTime > DateTime.UnixEpoch
        ? Day(limit.AddDays(-1))
        : limit.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

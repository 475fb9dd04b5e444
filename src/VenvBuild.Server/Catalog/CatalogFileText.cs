using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Files between indexes' pages and the catalog's rows: what is written is read back as the same.</summary>
internal static class CatalogFileText
{
    public static CatalogFile ToRow(IndexFile file, long release, int position) => new()
    {
        ReleaseId = release,
        Position = position,
        Name = file.FileName,
        Sha256 = file.Sha256?.ToString(),
        Size = file.Size,
        Url = AddressOf(file.Url),
        RequiresPython = file.RequiresPython?.ToString(),
        Uploaded = file.UploadTime?.UtcTicks,
        IsYanked = file.IsYanked,
        YankedReason = file.YankedReason,
        HasCoreMetadata = file.HasCoreMetadata,
        CoreMetadataSha256 = file.CoreMetadataSha256?.ToString(),
    };

    /// <summary>The file of a row; null for a row that this version cannot read.</summary>
    public static IndexFile? ToFile(CatalogFile row, PackageName project)
    {
        SdistFileName? sdist = null;
        if (!WheelFileName.TryParse(row.Name, out var wheel) && !SdistFileName.TryParse(row.Name, project, out sdist))
            return null;
        if (!Uri.TryCreate(row.Url, UriKind.Absolute, out var url))
            return null;
        VersionSpecifiers? python = null;
        if (row.RequiresPython is not null && !VersionSpecifiers.TryParse(row.RequiresPython, out python))
            return null;
        return new()
        {
            FileName = row.Name,
            Url = url,
            Wheel = wheel,
            Sdist = sdist,
            Sha256 = row.Sha256 is null ? null : Sha256Digest.Parse(row.Sha256),
            Size = row.Size,
            RequiresPython = python,
            UploadTime = row.Uploaded is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
            IsYanked = row.IsYanked,
            YankedReason = row.YankedReason,
            HasCoreMetadata = row.HasCoreMetadata,
            CoreMetadataSha256 = row.CoreMetadataSha256 is null ? null : Sha256Digest.Parse(row.CoreMetadataSha256),
        };
    }

    /// <summary>Whether a row says the same.</summary>
    public static bool IsSame(CatalogFile one, CatalogFile other) =>
        (one.Position, one.Name, one.Sha256, one.Size, one.Url, one.RequiresPython, one.Uploaded)
            == (other.Position, other.Name, other.Sha256, other.Size, other.Url, other.RequiresPython, other.Uploaded)
        && (one.IsYanked, one.YankedReason, one.HasCoreMetadata, one.CoreMetadataSha256)
            == (other.IsYanked, other.YankedReason, other.HasCoreMetadata, other.CoreMetadataSha256);

    /// <summary>Whether a file's address can be kept: one with a query may hold a secret, and the address without it is another one.</summary>
    public static bool CanKeep(IndexFile file) => file.Url.Query.Length == 0 && file.Url.UserInfo.Length == 0 && !file.Url.IsFile;

    private static string AddressOf(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}

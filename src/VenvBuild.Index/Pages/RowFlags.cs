namespace VenvBuild.Index;

/// <summary>What a file's row says in single bits.</summary>
[Flags]
internal enum RowFlags
{
    None = 0,
    IsWheel = 1,
    HasDigest = 2,
    HasMetadata = 4,
    HasMetadataDigest = 8,
    IsYanked = 16,

    /// <summary>The address is a prefix, a digest as folders, and the file's name.</summary>
    UrlOfDigest = 32,
}

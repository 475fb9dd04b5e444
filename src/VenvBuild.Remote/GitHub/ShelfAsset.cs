namespace VenvBuild.Remote;

/// <summary>A file of a release.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsWhole">Whether it was uploaded; one that was begun and not finished (<c>starter</c>) stands in the way of its name.</param>
/// <param name="CreatedAt">When its upload began.</param>
/// <param name="Api">Its address in the API, which takes a token.</param>
/// <param name="Download">Its address for browsers, which needs none where the repository is public.</param>
internal sealed record ShelfAsset(long Id, string Name, bool IsWhole, DateTimeOffset CreatedAt, Uri Api, Uri Download);

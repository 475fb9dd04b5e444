namespace VenvBuild.Remote;

/// <summary>
/// What a server's files say of themselves where they stand without it (<c>v1/static.json</c>): that nothing is computed here, and which of the
/// locks answers which requests. The rest is at the paths at which the server has it: <c>v1/locks</c>, <c>v1/environments</c>, <c>v1/layers</c>.
/// </summary>
public sealed record StaticTree
{
    /// <summary>The path, relative to the server's address.</summary>
    public const string Path = "v1/static.json";

    /// <summary>The version of the layout.</summary>
    public required int Format { get; init; }

    /// <summary>Digests of locks, 64 hexadecimal digits, by the digests of the requests that they answer.</summary>
    public required IReadOnlyDictionary<string, string> Locks { get; init; }
}

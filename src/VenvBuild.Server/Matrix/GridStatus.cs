using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>A grid and how far its environments are.</summary>
/// <param name="Id">Its name: 64 hexadecimal digits.</param>
/// <param name="State"><c>building</c> while a target is under way, then <c>ready</c>, or <c>failed</c> where one is not.</param>
/// <param name="Lock">The lock, <c>sha256:</c> and its digest.</param>
/// <param name="Cells">Its targets.</param>
/// <param name="Links">Where more is.</param>
internal sealed record GridStatus(string Id, string State, string Lock, IReadOnlyList<GridCellStatus> Cells, IReadOnlyDictionary<string, string> Links)
{
    public const string Building = "building";
    public const string Ready = "ready";
    public const string Failed = "failed";
}

/// <summary>A target of a grid.</summary>
/// <param name="Target">The target.</param>
/// <param name="State">The state of its build, or <c>refused</c> where it cannot be built.</param>
/// <param name="Key">The environment's key, or null.</param>
/// <param name="Build">What its build goes by, or null.</param>
/// <param name="Remark">Why it is refused or failed, or why its checks do not run.</param>
/// <param name="Checks">What its checks found.</param>
internal sealed record GridCellStatus(EnvironmentTarget Target, string State, string? Key, string? Build, string? Remark, IReadOnlyList<EnvironmentStatusCheck> Checks)
{
    public const string Refused = "refused";
}

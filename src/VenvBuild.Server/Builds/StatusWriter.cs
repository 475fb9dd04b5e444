using System.Text;
using System.Text.Json;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Says how far an environment is. Of a finished one it says the same each time, to the byte.</summary>
internal static class StatusWriter
{
    public static byte[] Write(EnvironmentStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, RemoteJson.Default.EnvironmentStatus);

    public static string WriteChecks(IReadOnlyList<EnvironmentStatusCheck> checks) => JsonSerializer.Serialize(checks, RemoteJson.Default.IReadOnlyListEnvironmentStatusCheck);

    /// <summary>What a build's checks found; none before they ran.</summary>
    public static IReadOnlyList<EnvironmentStatusCheck> ChecksOf(Build build) =>
        build.Findings is null ? [] : JsonSerializer.Deserialize(build.Findings, RemoteJson.Default.IReadOnlyListEnvironmentStatusCheck) ?? [];

    /// <summary>A build that went well, with what its checks found.</summary>
    public static EnvironmentStatus OfReady(Build build, byte[] manifest, byte[]? signatures)
    {
        var status = OfReady(manifest, signatures);
        return status with
        {
            Checks = ChecksOf(build),
            Links = new SortedDictionary<string, string>(status.Links.ToDictionary(), StringComparer.Ordinal) { ["build"] = $"/v1/environments/{build.Key}" },
        };
    }

    /// <summary>A build, and, while it is queued, why no worker takes it.</summary>
    public static async Task<EnvironmentStatus> OfAsync(Build build, WorkerRegister workers, CancellationToken cancellationToken)
    {
        var status = Of(build);
        return build.State == BuildState.Queued && await workers.ObjectionAsync(build.Need, cancellationToken) is { } objection
            ? status with { Reason = status.Reason is null ? objection : $"{status.Reason} {objection}" }
            : status;
    }

    public static EnvironmentStatus Of(Build build) => new()
    {
        Key = build.EnvironmentKey,
        Checks = ChecksOf(build),
        State = BuildStore.StateName(build.State),
        Target = new() { Platform = Platform.Parse(build.Platform).RuntimeIdentifier, Python = MinorOf(build.Python) },
        Reason = build.State is BuildState.Failed or BuildState.Queued ? build.Reason : null,
        Links = Links(build.Key, build.LockDigest, isReady: false),
    };

    public static EnvironmentStatus OfReady(byte[] manifest, byte[]? signatures)
    {
        var read = EnvironmentManifest.Read(manifest, "the database");
        var key = read.Key.ToString();
        return new()
        {
            Key = key,
            State = EnvironmentStatus.Ready,
            Target = new() { Platform = read.Target.Platform.RuntimeIdentifier, Python = read.Target.Python + (read.Target.IsFreeThreaded ? "t" : "") },
            Layers = [.. read.Layers.Select(layer => new EnvironmentStatusLayer($"sha256:{layer.Digest}", layer.Size, layer.Wheel.Name.Value, layer.Wheel.Version.ToString()))],
            Links = Links(key, read.Lock?.ToString(), isReady: true),
            Manifest = Encoding.UTF8.GetString(manifest),
            Signatures = signatures is null ? null : Encoding.UTF8.GetString(signatures),
        };
    }

    /// <summary>The full version is for markers; an environment is for the minor.</summary>
    private static string MinorOf(string python) =>
        PythonMinor.Of(PackageVersion.Parse(python.TrimEnd('t'))) + (python.EndsWith('t') ? "t" : "");

    private static SortedDictionary<string, string> Links(string key, string? lockDigest, bool isReady)
    {
        var links = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["self"] = $"/v1/environments/{key}", ["events"] = $"/v1/environments/{key}/events" };
        if (lockDigest is not null)
            links["lock"] = $"/v1/locks/{lockDigest}";
        if (isReady)
            links["signatures"] = $"/v1/environments/{key}{SignatureFile.Suffix}";
        links[isReady ? "bundle" : "cancel"] = $"/v1/environments/{key}/{(isReady ? "bundle" : "cancel")}";
        return links;
    }
}

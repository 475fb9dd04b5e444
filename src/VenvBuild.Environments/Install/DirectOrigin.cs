using System.Buffers;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Where a distribution came from that was asked for by its address, as <c>direct_url.json</c> says it (PEP 610, "Recording the direct URL
/// origin"). It belongs to the environment of one machine, not to the layer, which is the same everywhere.
/// </summary>
internal sealed record DirectOrigin
{
    private Uri? Url { get; init; }

    private string? Path { get; init; }

    private string? Sha256 { get; init; }

    private string? Subdirectory { get; init; }

    private bool IsFolder { get; init; }

    private bool IsEditable { get; init; }

    /// <summary>The origin of a pin; null for one that an index was asked for.</summary>
    public static DirectOrigin? Of(LockedPackage pin) => pin switch
    {
        { Archive: { } archive } => new() { Url = archive.Url, Path = archive.Path, Sha256 = archive.Hashes.Sha256, Subdirectory = archive.Subdirectory },
        { Directory: { } folder } => new() { Path = folder.Path, Subdirectory = folder.Subdirectory, IsFolder = true, IsEditable = folder.IsEditable },
        _ => null,
    };

    /// <summary>The file as pip writes it, keys in order.</summary>
    /// <param name="lockFolder">What local paths are relative to.</param>
    public byte[] ToJson(string lockFolder)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (IsFolder)
            {
                json.WriteStartObject("dir_info");
                if (IsEditable)
                    json.WriteBoolean("editable", true);
            }
            else
            {
                json.WriteStartObject("archive_info");
                if (Sha256 is not null)
                {
                    json.WriteString("hash", $"sha256={Sha256}");
                    json.WriteStartObject("hashes");
                    json.WriteString("sha256", Sha256);
                    json.WriteEndObject();
                }
            }

            json.WriteEndObject();
            if (Subdirectory is not null)
                json.WriteString("subdirectory", Subdirectory);
            json.WriteString("url", Address(lockFolder));
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private string Address(string lockFolder)
    {
        if (Url is { IsFile: false } url)
        {
            // A lock holds no credentials; one that somebody edited may.
            return url.UserInfo.Length == 0 ? url.AbsoluteUri : new UriBuilder(url) { UserName = "", Password = "" }.Uri.AbsoluteUri;
        }

        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(lockFolder, Url?.LocalPath ?? Path!));
        return new Uri(path.Length > 1 ? System.IO.Path.TrimEndingDirectorySeparator(path) : path).AbsoluteUri;
    }
}

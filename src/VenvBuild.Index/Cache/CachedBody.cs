using System.Text;

namespace VenvBuild.Index;

/// <summary>The body of an answer as it came, with what a conditional request needs.</summary>
internal sealed record CachedBody(string? ETag, string? LastModified, string Url, byte[] Content)
{
    public byte[] Encode()
    {
        using var buffer = new MemoryStream(Content.Length + 512);
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(ETag ?? "");
            writer.Write(LastModified ?? "");
            writer.Write(Url);
            writer.Write(Content);
        }

        return buffer.ToArray();
    }

    /// <summary>What <see cref="Encode"/> wrote; null when it is something else.</summary>
    public static CachedBody? Load(ReadOnlySpan<byte> content)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
            var (etag, lastModified, url) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
            return new(
                etag.Length > 0 ? etag : null, lastModified.Length > 0 ? lastModified : null, url,
                reader.ReadBytes((int)(reader.BaseStream.Length - reader.BaseStream.Position)));
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }
}

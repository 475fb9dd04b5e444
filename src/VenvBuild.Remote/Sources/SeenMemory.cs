using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>Small notes about what sources offered before, below <c>seen/v1</c> of the cache. A cache that cannot be written remembers nothing.</summary>
internal sealed class SeenMemory(string cacheFolder)
{
    private readonly string _folder = Path.Combine(Path.GetFullPath(cacheFolder), "seen", "v1");

    /// <summary>The note about something, or null.</summary>
    public string? Read(params ReadOnlySpan<string> about)
    {
        try
        {
            return File.ReadAllText(PathOf(about));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Notes something, whole or not at all.</summary>
    public void Write(string note, params ReadOnlySpan<string> about)
    {
        var path = PathOf(about);
        var sibling = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(_folder);
            File.WriteAllText(sibling, note);
            File.Move(sibling, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            PlaceFault.TryDelete(sibling);
        }
    }

    private string PathOf(ReadOnlySpan<string> about) => Path.Combine(_folder, Sha256Digest.Of(Encoding.UTF8.GetBytes(string.Join('\n', about))).ToString());
}

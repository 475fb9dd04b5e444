using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Reads what <c>pip install --report</c> writes: the distributions that it would install.</summary>
internal static class PipReport
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>The versions by name.</summary>
    /// <exception cref="DiagnosticException">This is no report.</exception>
    public static Dictionary<PackageName, PackageVersion> Read(ReadOnlyMemory<byte> utf8)
    {
        var versions = new Dictionary<PackageName, PackageVersion>();
        try
        {
            using var report = JsonDocument.Parse(utf8, Options);
            foreach (var item in report.RootElement.GetProperty("install").EnumerateArray())
            {
                var metadata = item.GetProperty("metadata");
                versions[PackageName.Parse(metadata.GetProperty("name").GetString() ?? "")] = PackageVersion.Parse(metadata.GetProperty("version").GetString() ?? "");
            }
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or PackagingFormatException)
        {
            throw new DiagnosticException(
                ExitCode.Integrity,
                Diagnostic.Error(WorkspaceCodes.PeerRefused, $"What pip reports cannot be read: {failure.Message}", remedy: "Use pip 23 or later, or leave out --resolver."),
                failure);
        }

        return versions;
    }
}

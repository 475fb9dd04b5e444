using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// Core metadata as the cache holds it: only the fields that were asked for, mended and in normal form. For resolving that is a tenth of the
/// file; it is read by the same reader, and it never expires.
/// </summary>
internal static class MetadataFields
{
    /// <summary>Writes what <see cref="CoreMetadata.Parse"/> reads back as the same.</summary>
    public static byte[] Write(CoreMetadata metadata)
    {
        var text = new StringBuilder();
        Line("Metadata-Version", metadata.MetadataVersion);
        Line("Name", metadata.Name.Value);
        Line("Version", metadata.Version.ToString());
        if (metadata.RequiresPython is { } python)
            Line("Requires-Python", python.ToString());
        foreach (var extra in metadata.ProvidesExtra)
            Line("Provides-Extra", extra.Value);
        foreach (var requirement in metadata.RequiresDist)
            Line("Requires-Dist", requirement.ToString());
        foreach (var field in metadata.Dynamic)
            Line("Dynamic", field);
        // The description can be a megabyte, and nobody asks for it. A value of several lines is folded as it came.
        foreach (var (name, value) in metadata.OtherFields.Where(field => field.Key != "description"))
            Line(name, value);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Line(string name, string value) => text.Append(name).Append(": ").Append(value).Append('\n');
    }
}

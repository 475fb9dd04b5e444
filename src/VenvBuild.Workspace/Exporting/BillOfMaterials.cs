using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What is in an environment: the pins with digests, licences and who needs whom. The same lock gives the same bill, to the byte.</summary>
/// <param name="Name">The environment's name.</param>
/// <param name="ToolVersion">The version of this tool.</param>
/// <param name="Id">Made of the content, never random.</param>
/// <param name="Created">The time that <c>SOURCE_DATE_EPOCH</c> says; null where it says none.</param>
/// <param name="Components">The pins, by name and version.</param>
/// <param name="Roots">The places of the components that are asked for themselves, ascending.</param>
internal sealed record BillOfMaterials(
    string Name, string ToolVersion, Guid Id, DateTimeOffset? Created, IReadOnlyList<MaterialsComponent> Components, IReadOnlyList<int> Roots)
{
    /// <summary>Puts a bill together.</summary>
    /// <param name="name">The environment's name.</param>
    /// <param name="toolVersion">The version of this tool.</param>
    /// <param name="exported">The part of the lock that it is about.</param>
    /// <param name="requests">The names that are asked for; none where nobody knows.</param>
    /// <param name="metadata">The core metadata of a pin; null where it could not be read.</param>
    /// <exception cref="DiagnosticException"><c>SOURCE_DATE_EPOCH</c> is no time.</exception>
    public static BillOfMaterials Of(
        string name, string toolVersion, ExportedLock exported, IReadOnlySet<PackageName> requests, IReadOnlyDictionary<LockedPackage, CoreMetadata?> metadata)
    {
        var packages = exported.Document.Packages
            .OrderBy(package => package.Name).ThenBy(package => package.Version).ThenBy(package => package.Marker?.ToString(), StringComparer.Ordinal).ToList();
        var components = new List<MaterialsComponent>(packages.Count);
        var references = new HashSet<string>(StringComparer.Ordinal);
        foreach (var package in packages)
        {
            var url = PackageUrl.Of(package);
            var reference = url;
            for (var i = 2; !references.Add(reference); i++)
                reference = string.Create(CultureInfo.InvariantCulture, $"{url}#{i}");
            var own = metadata.GetValueOrDefault(package);
            components.Add(new(
                package, url, reference, own is null ? LicenseStatement.None : LicenseStatement.Of(own), Summary(own), ExportedSource.Of(package), Needs(package, packages)));
        }

        var needed = components.SelectMany((component, place) => component.Needs.Where(other => other != place)).ToHashSet();
        var roots = Enumerable.Range(0, components.Count)
            .Where(place => requests.Contains(packages[place].Name) || (requests.Count == 0 && !needed.Contains(place))).ToList();
        return new(name, toolVersion, IdOf(exported), CreationTime(), components, roots);
    }

    private static int[] Needs(LockedPackage package, List<LockedPackage> packages) =>
    [
        .. Enumerable.Range(0, packages.Count).Where(place => (package.Dependencies ?? []).Any(reference => packages[place].Name == reference.Name
            && (reference.Version is null || reference.Version.Equals(packages[place].Version))
            && (reference.Marker is null || reference.Marker.Equals(packages[place].Marker)))),
    ];

    private static string? Summary(CoreMetadata? metadata) =>
        metadata?.Field("summary") is { } summary && new string([.. summary.Where(letter => !char.IsControl(letter))]).Trim() is { Length: > 0 } text
            ? text[..Math.Min(text.Length, 512)]
            : null;

    /// <summary>A UUID of version 8 (RFC 9562): the digest of what is exported.</summary>
    private static Guid IdOf(ExportedLock exported)
    {
        var content = LockWriter.WriteText(exported.Document) + "\n" + exported.Purpose + "\n" + string.Join(',', exported.Groups.Order());
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 16);
        digest[6] = (byte)((digest[6] & 0x0F) | 0x80);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        return new(digest, bigEndian: true);
    }

    private static DateTimeOffset? CreationTime()
    {
        var text = Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH");
        if (string.IsNullOrEmpty(text))
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, $"SOURCE_DATE_EPOCH is '{text}', which are no seconds since 1970.", remedy: "Set it to a number, as git log -1 --format=%ct gives, or unset it."));
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace VenvBuild.Workspace;

/// <summary>A bill of materials as SPDX 2.3 in JSON (ISO/IEC 5962 is its version 2.2.1).</summary>
internal static partial class Spdx
{
    private const string Unknown = "NOASSERTION", Document = "SPDXRef-DOCUMENT", Root = "SPDXRef-Environment";

    public static void Write(Utf8JsonWriter json, BillOfMaterials bill)
    {
        json.WriteStartObject();
        json.WriteString("spdxVersion", "SPDX-2.3");
        json.WriteString("dataLicense", "CC0-1.0");
        json.WriteString("SPDXID", Document);
        json.WriteString("name", bill.Name);
        json.WriteString("documentNamespace", $"https://spdx.org/spdxdocs/{Uri.EscapeDataString(bill.Name)}-{bill.Id:D}");
        json.WriteStartObject("creationInfo");
        // The format must have a time. Where nobody says one, the beginning of time: the same lock gives the same bytes.
        json.WriteString("created", (bill.Created ?? DateTimeOffset.UnixEpoch).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteStartArray("creators");
        json.WriteStringValue($"Tool: dotnet-pyenv-{bill.ToolVersion}");
        json.WriteEndArray();
        json.WriteEndObject();
        WritePackages(json, bill);
        WriteRelationships(json, bill);
        WriteOtherLicenses(json, bill);
        json.WriteEndObject();
    }

    private static void WritePackages(Utf8JsonWriter json, BillOfMaterials bill)
    {
        json.WriteStartArray("packages");
        json.WriteStartObject();
        json.WriteString("SPDXID", Root);
        json.WriteString("name", bill.Name);
        WriteFixed(json, Unknown, Unknown, "APPLICATION");
        json.WriteEndObject();
        for (var i = 0; i < bill.Components.Count; i++)
        {
            var component = bill.Components[i];
            // Of several files each is a package of its own, or its digest would be that of none of them.
            WritePackage(json, component, IdOf(i), component.Sources is [var only] ? only : null, component.Url);
            for (var j = 0; component.Sources.Count > 1 && j < component.Sources.Count; j++)
                WritePackage(json, component, IdOf(i, j), component.Sources[j], PackageUrl.Of(component.Package, component.Sources[j].FileName));
        }

        json.WriteEndArray();
    }

    private static void WritePackage(Utf8JsonWriter json, MaterialsComponent component, string id, ExportedSource? source, string url)
    {
        json.WriteStartObject();
        json.WriteString("SPDXID", id);
        json.WriteString("name", component.Package.Name.Value);
        if (component.Package.Version is { } version)
            json.WriteString("versionInfo", version.ToString());
        if (source?.FileName is { } name)
            json.WriteString("packageFileName", name);
        if (component.Summary is { } summary)
            json.WriteString("summary", summary);
        if (component.Package.Marker is { } marker)
            json.WriteString("comment", $"Installed where {marker}");
        WriteFixed(json, source?.Location ?? Unknown, Declared(component.License), "LIBRARY");
        var checksums = (source?.Hashes?.Digests ?? []).Where(digest => Algorithm(digest.Key) is not null).ToList();
        if (checksums.Count > 0)
        {
            json.WriteStartArray("checksums");
            foreach (var (algorithm, digest) in checksums)
            {
                json.WriteStartObject();
                json.WriteString("algorithm", Algorithm(algorithm));
                json.WriteString("checksumValue", digest);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteStartArray("externalRefs");
        json.WriteStartObject();
        json.WriteString("referenceCategory", "PACKAGE-MANAGER");
        json.WriteString("referenceType", "purl");
        json.WriteString("referenceLocator", url);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFixed(Utf8JsonWriter json, string location, string license, string purpose)
    {
        json.WriteString("downloadLocation", location);
        json.WriteBoolean("filesAnalyzed", false);
        json.WriteString("licenseConcluded", Unknown);
        json.WriteString("licenseDeclared", license);
        json.WriteString("copyrightText", Unknown);
        json.WriteString("supplier", Unknown);
        json.WriteString("primaryPackagePurpose", purpose);
    }

    private static void WriteRelationships(Utf8JsonWriter json, BillOfMaterials bill)
    {
        json.WriteStartArray("relationships");
        Relate(json, Document, "DESCRIBES", Root);
        foreach (var place in bill.Roots)
            Relate(json, Root, "DEPENDS_ON", IdOf(place));
        for (var i = 0; i < bill.Components.Count; i++)
        {
            // What is there for a reason that the lock does not tell is still in the environment.
            Relate(json, Root, "CONTAINS", IdOf(i));
            foreach (var place in bill.Components[i].Needs)
                Relate(json, IdOf(i), "DEPENDS_ON", IdOf(place));
            for (var j = 0; bill.Components[i].Sources.Count > 1 && j < bill.Components[i].Sources.Count; j++)
                Relate(json, IdOf(i, j), "VARIANT_OF", IdOf(i));
        }

        json.WriteEndArray();
    }

    private static void Relate(Utf8JsonWriter json, string from, string type, string to)
    {
        json.WriteStartObject();
        json.WriteString("spdxElementId", from);
        json.WriteString("relationshipType", type);
        json.WriteString("relatedSpdxElement", to);
        json.WriteEndObject();
    }

    /// <summary>The licences that are none of SPDX's list: by their words, or by a name that the distribution gave them.</summary>
    private static void WriteOtherLicenses(Utf8JsonWriter json, BillOfMaterials bill)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var license in bill.Components.Select(component => component.License))
        {
            if (license.Text is { } text)
                texts[ReferenceOf(text)] = text;
            foreach (Match reference in LicenseReference().Matches(license.Expression ?? ""))
                texts.TryAdd(reference.Value, "The distribution names this licence in its metadata and has the text in its files.");
        }

        if (texts.Count == 0)
            return;
        json.WriteStartArray("hasExtractedLicensingInfos");
        foreach (var (id, text) in texts)
        {
            json.WriteStartObject();
            json.WriteString("licenseId", id);
            json.WriteString("extractedText", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Declared(LicenseStatement license) => license.Expression ?? (license.Text is { } text ? ReferenceOf(text) : Unknown);

    private static string ReferenceOf(string text) => $"LicenseRef-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8))}";

    private static string IdOf(int component) => string.Create(CultureInfo.InvariantCulture, $"SPDXRef-Package-{component + 1}");

    private static string IdOf(int component, int file) => string.Create(CultureInfo.InvariantCulture, $"SPDXRef-Package-{component + 1}-File-{file + 1}");

    private static string? Algorithm(string name) => name switch
    {
        "md5" => "MD5",
        "sha1" => "SHA1",
        "sha224" => "SHA224",
        "sha256" => "SHA256",
        "sha384" => "SHA384",
        "sha512" => "SHA512",
        "sha3_256" => "SHA3-256",
        "sha3_384" => "SHA3-384",
        "sha3_512" => "SHA3-512",
        _ => null,
    };

    [GeneratedRegex("(?<![A-Za-z0-9.:-])LicenseRef-[A-Za-z0-9.-]+")]
    private static partial Regex LicenseReference();
}

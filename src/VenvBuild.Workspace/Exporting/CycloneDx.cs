using System.Globalization;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A bill of materials as CycloneDX 1.6 in JSON (ECMA-424).</summary>
internal static class CycloneDx
{
    private const string Root = "environment";

    public static void Write(Utf8JsonWriter json, BillOfMaterials bill)
    {
        json.WriteStartObject();
        json.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
        json.WriteString("bomFormat", "CycloneDX");
        json.WriteString("specVersion", "1.6");
        json.WriteString("serialNumber", $"urn:uuid:{bill.Id:D}");
        json.WriteNumber("version", 1);
        WriteMetadata(json, bill);
        json.WriteStartArray("components");
        foreach (var component in bill.Components)
            Write(json, component);
        json.WriteEndArray();
        json.WriteStartArray("dependencies");
        WriteDependencies(json, bill, Root, bill.Roots);
        foreach (var component in bill.Components)
            WriteDependencies(json, bill, component.Reference, component.Needs);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter json, BillOfMaterials bill)
    {
        json.WriteStartObject("metadata");
        if (bill.Created is { } created)
            json.WriteString("timestamp", created.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteStartObject("tools");
        json.WriteStartArray("components");
        json.WriteStartObject();
        json.WriteString("type", "application");
        json.WriteString("name", "dotnet-pyenv");
        json.WriteString("version", bill.ToolVersion);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("component");
        json.WriteString("type", "application");
        json.WriteString("bom-ref", Root);
        json.WriteString("name", bill.Name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MaterialsComponent component)
    {
        json.WriteStartObject();
        json.WriteString("type", "library");
        json.WriteString("bom-ref", component.Reference);
        json.WriteString("name", component.Package.Name.Value);
        if (component.Package.Version is { } version)
            json.WriteString("version", version.ToString());
        if (component.Summary is { } summary)
            json.WriteString("description", summary);
        // Which of several files an environment has, only its target decides.
        if (component.Sources is [{ Hashes: { } hashes }])
            WriteHashes(json, hashes);
        WriteLicense(json, component.License);
        json.WriteString("purl", component.Url);
        WriteSources(json, component.Sources.Where(source => source.Location is not null).ToList());
        if (component.Package.Marker is { } marker)
        {
            json.WriteStartArray("properties");
            json.WriteStartObject();
            json.WriteString("name", "venvbuild:marker");
            json.WriteString("value", marker.ToString());
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteLicense(Utf8JsonWriter json, LicenseStatement license)
    {
        if (license.Expression is null && license.Name is null)
            return;
        json.WriteStartArray("licenses");
        json.WriteStartObject();
        if (license.Expression is { } expression)
        {
            json.WriteString("acknowledgement", "declared");
            json.WriteString("expression", expression);
        }
        else
        {
            json.WriteStartObject("license");
            json.WriteString("acknowledgement", "declared");
            json.WriteString("name", license.Name);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteSources(Utf8JsonWriter json, List<ExportedSource> sources)
    {
        if (sources.Count == 0)
            return;
        json.WriteStartArray("externalReferences");
        foreach (var source in sources)
        {
            json.WriteStartObject();
            json.WriteString("type", source.Hashes is null ? "vcs" : "distribution");
            json.WriteString("url", source.Location);
            if (source.Hashes is { } hashes)
                WriteHashes(json, hashes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHashes(Utf8JsonWriter json, LockedHashes hashes)
    {
        var known = hashes.Digests.Where(digest => Algorithm(digest.Key) is not null).ToList();
        if (known.Count == 0)
            return;
        json.WriteStartArray("hashes");
        foreach (var (algorithm, digest) in known)
        {
            json.WriteStartObject();
            json.WriteString("alg", Algorithm(algorithm));
            json.WriteString("content", digest);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string? Algorithm(string name) => name switch
    {
        "md5" => "MD5",
        "sha1" => "SHA-1",
        "sha256" => "SHA-256",
        "sha384" => "SHA-384",
        "sha512" => "SHA-512",
        "sha3_256" => "SHA3-256",
        "sha3_384" => "SHA3-384",
        "sha3_512" => "SHA3-512",
        _ => null,
    };

    private static void WriteDependencies(Utf8JsonWriter json, BillOfMaterials bill, string reference, IReadOnlyList<int> needs)
    {
        json.WriteStartObject();
        json.WriteString("ref", reference);
        if (needs.Count > 0)
        {
            json.WriteStartArray("dependsOn");
            foreach (var place in needs)
                json.WriteStringValue(bill.Components[place].Reference);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}

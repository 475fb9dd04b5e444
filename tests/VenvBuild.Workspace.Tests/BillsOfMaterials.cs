using System.Text;
using System.Text.Json;
using NJsonSchema;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary><c>export</c> as CycloneDX and SPDX: held to the formats' rules for all that is written.</summary>
public sealed class BillsOfMaterials
{
    [Theory]
    [InlineData("linux-x64")]
    [InlineData(null)]
    public async Task CycloneDX_follows_the_rules_of_1_6(string? platform)
    {
        await using var world = World();
        using var bill = await ExportAsync(world, ExportFormat.CycloneDx, platform);
        await FollowsAsync(CycloneDxRules, bill);
        var components = bill.RootElement.GetProperty("components").EnumerateArray().ToList();
        var references = components.Select(component => component.GetProperty("bom-ref").GetString()!).ToList();
        Assert.Distinct(references);
        references.Add("environment");
        var dependencies = bill.RootElement.GetProperty("dependencies").EnumerateArray().ToList();
        Assert.Equal(references.Order(), dependencies.Select(entry => entry.GetProperty("ref").GetString()!).Order());
        Assert.All(dependencies.SelectMany(DependsOn), reference => Assert.Contains(reference, references));
        Assert.Equal(["app", "lib"], DependsOn(dependencies[0]).Select(reference => reference.Split('/', '@')[1]));
        Assert.Equal(["deep"], DependsOn(dependencies.Single(entry => entry.GetProperty("ref").GetString()!.Contains("/lib@", StringComparison.Ordinal))).Select(reference => reference.Split('/', '@')[1]));
        // One digest where the target decides the file, else one with each.
        var lib = components.Single(component => component.GetProperty("name").GetString() == "lib");
        Assert.Equal(platform is not null, lib.TryGetProperty("hashes", out _));
        Assert.Equal(platform is null ? 2 : 1, lib.GetProperty("externalReferences").GetArrayLength());
    }

    [Theory]
    [InlineData("linux-x64")]
    [InlineData(null)]
    public async Task SPDX_follows_the_rules_of_2_3(string? platform)
    {
        await using var world = World();
        using var bill = await ExportAsync(world, ExportFormat.Spdx, platform);
        await FollowsAsync(SpdxRules, bill);
        var ids = bill.RootElement.GetProperty("packages").EnumerateArray().Select(package => package.GetProperty("SPDXID").GetString()!).ToList();
        Assert.Distinct(ids);
        ids.Add("SPDXRef-DOCUMENT");
        var relations = bill.RootElement.GetProperty("relationships").EnumerateArray()
            .Select(relation => (From: relation.GetProperty("spdxElementId").GetString()!, Type: relation.GetProperty("relationshipType").GetString()!, To: relation.GetProperty("relatedSpdxElement").GetString()!)).ToList();
        Assert.All(relations, relation => Assert.True(ids.Contains(relation.From) && ids.Contains(relation.To)));
        Assert.Single(relations, relation => relation.Type == "DESCRIBES");
        Assert.Equal(platform is null ? 2 : 0, relations.Count(relation => relation.Type == "VARIANT_OF"));
        var declared = bill.RootElement.GetProperty("packages").EnumerateArray().Select(package => package.GetProperty("licenseDeclared").GetString()!).ToList();
        var texts = bill.RootElement.GetProperty("hasExtractedLicensingInfos").EnumerateArray().Select(info => info.GetProperty("licenseId").GetString()!).ToList();
        Assert.All(declared.Where(license => license.StartsWith("LicenseRef-", StringComparison.Ordinal)), license => Assert.Contains(license, texts));
    }

    [Theory]
    [InlineData("License-Expression: Apache-2.0 OR MIT\nLicense: nothing", "Apache-2.0 OR MIT", null)]
    [InlineData("License: MIT", "MIT", null)]
    [InlineData("License: UNKNOWN", null, null)]
    [InlineData("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License", "MIT", null)]
    [InlineData("License: Own terms\nClassifier: License :: OSI Approved :: BSD License", null, "BSD License")]
    [InlineData("Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved :: ISC License (ISCL)", null, "MIT License / ISC License (ISCL)")]
    [InlineData("License: First line\n        Second line", null, "First line\nSecond line")]
    [InlineData("License-Expression: \"><script>", null, null)]
    [InlineData("Summary: none", null, null)]
    public void A_licence_is_what_the_metadata_declares(string fields, string? expression, string? text)
    {
        var metadata = CoreMetadata.Parse(Encoding.UTF8.GetBytes($"Metadata-Version: 2.4\nName: a\nVersion: 1\n{fields}\n"), MetadataDetail.Everything);
        Assert.Equal(new LicenseStatement(expression, text), LicenseStatement.Of(metadata));
    }

    [Theory]
    [InlineData("1.0", null, "pkg:pypi/a-b@1.0")]
    [InlineData("1!2.0+local.1", null, "pkg:pypi/a-b@1%212.0%2Blocal.1")]
    [InlineData("1.0", "https://packages.example/simple/", "pkg:pypi/a-b@1.0?repository_url=https://packages.example/simple")]
    [InlineData("1.0", "https://pypi.org/simple/", "pkg:pypi/a-b@1.0")]
    public void A_package_url_says_which_index_where_that_is_not_the_public_one(string version, string? index, string expected) => Assert.Equal(
        expected, PackageUrl.Of(new() { Name = PackageName.Parse("A_b"), Version = PackageVersion.Parse(version), Index = index is null ? null : new(index) }));

    [Theory]
    [InlineData(ExportFormat.CycloneDx)]
    [InlineData(ExportFormat.Spdx)]
    public async Task The_same_lock_gives_the_same_bytes_also_from_the_cache_alone(ExportFormat format)
    {
        await using var world = World();
        await world.LockAsync();
        var options = new ExportOptions { Format = format };
        var first = (await ExportVerb.RunAsync(world.Context, options, LockWorld.Stop)).Content;
        Assert.Equal(first, (await ExportVerb.RunAsync(world.Context, options, LockWorld.Stop)).Content);
        Assert.Equal(first, (await ExportVerb.RunAsync(world.Context with { IsOffline = true }, options, LockWorld.Stop)).Content);
        Assert.NotEqual(first, (await ExportVerb.RunAsync(world.Context, options with { Platform = "linux-x64" }, LockWorld.Stop)).Content);
    }

    [Fact]
    public async Task What_could_not_be_read_of_a_pin_is_said_and_left_open()
    {
        await using var world = World();
        await world.LockAsync();
        var context = world.Context with { IsOffline = true, IndexUrl = new("http://127.0.0.1:9/simple/") };
        var content = (await ExportVerb.RunAsync(context, new() { Format = ExportFormat.CycloneDx }, LockWorld.Stop)).Content!;
        Assert.DoesNotContain("licenses", content, StringComparison.Ordinal);
        Assert.Equal(3, world.Reports.Count(report => report.Code == "PYENV1020"));
    }

    private static LockWorld World()
    {
        var world = new LockWorld();
        Add("app", "py3-none-any", "Requires-Dist: lib\nLicense-Expression: MIT\nSummary: The \"app\".\n");
        Add("lib", "cp311-cp311-manylinux_2_28_x86_64", "Requires-Dist: deep\nLicense: Own terms,\n        of two lines\n");
        Add("lib", "cp311-cp311-win_amd64", "Requires-Dist: deep\nLicense: Own terms,\n        of two lines\n");
        Add("deep", "py3-none-any", "Classifier: License :: OSI Approved :: BSD License\n");
        return world.Manifest("requirements: [app, lib]\nplatforms: [linux-x64, win-x64]\n");

        void Add(string name, string tag, string fields)
        {
            var wheel = new WheelMaker(name, "1.0", tag);
            world.Index.Add(new(name, wheel.FileName, wheel.ToArray()) { Metadata = Encoding.UTF8.GetBytes($"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{fields}\nA description.\n") });
        }
    }

    private static async Task<JsonDocument> ExportAsync(LockWorld world, ExportFormat format, string? platform)
    {
        await world.LockAsync();
        return JsonDocument.Parse((await ExportVerb.RunAsync(world.Context, new() { Format = format, Platform = platform }, LockWorld.Stop)).Content!);
    }

    private static async Task FollowsAsync(string rules, JsonDocument bill)
    {
        var schema = await JsonSchema.FromJsonAsync(rules, LockWorld.Stop);
        var errors = schema.Validate(bill.RootElement.GetRawText());
        Assert.True(errors.Count == 0, string.Join("\n", errors));
        // The rules themselves must bite.
        Assert.NotEmpty(schema.Validate(bill.RootElement.GetRawText().Replace("\"name\"", "\"nome\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> DependsOn(JsonElement entry) =>
        entry.TryGetProperty("dependsOn", out var list) ? list.EnumerateArray().Select(reference => reference.GetString()!) : [];

    private const string CycloneDxRules = """
        {
          "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
          "required": ["bomFormat", "specVersion"],
          "properties": {
            "$schema": {"enum": ["http://cyclonedx.org/schema/bom-1.6.schema.json"]},
            "bomFormat": {"enum": ["CycloneDX"]},
            "specVersion": {"enum": ["1.6"]},
            "serialNumber": {"type": "string", "pattern": "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"},
            "version": {"type": "integer", "minimum": 1},
            "metadata": {
              "type": "object", "additionalProperties": false,
              "properties": {
                "timestamp": {"type": "string"},
                "tools": {"type": "object", "additionalProperties": false, "properties": {"components": {"type": "array", "items": {"$ref": "#/definitions/component"}}}},
                "component": {"$ref": "#/definitions/component"}
              }
            },
            "components": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/definitions/component"}},
            "dependencies": {
              "type": "array", "uniqueItems": true,
              "items": {
                "type": "object", "additionalProperties": false, "required": ["ref"],
                "properties": {"ref": {"type": "string", "minLength": 1}, "dependsOn": {"type": "array", "uniqueItems": true, "items": {"type": "string", "minLength": 1}}}
              }
            }
          },
          "definitions": {
            "component": {
              "type": "object", "additionalProperties": false, "required": ["type", "name"],
              "properties": {
                "type": {"enum": ["application", "library"]},
                "bom-ref": {"type": "string", "minLength": 1},
                "name": {"type": "string"}, "version": {"type": "string", "maxLength": 1024}, "description": {"type": "string"},
                "hashes": {"type": "array", "items": {"$ref": "#/definitions/hash"}},
                "licenses": {
                  "type": "array",
                  "items": {
                    "type": "object", "additionalProperties": false,
                    "properties": {
                      "expression": {"type": "string"},
                      "acknowledgement": {"enum": ["declared", "concluded"]},
                      "license": {
                        "type": "object", "additionalProperties": false, "required": ["name"],
                        "properties": {"name": {"type": "string"}, "acknowledgement": {"enum": ["declared", "concluded"]}}
                      }
                    }
                  }
                },
                "purl": {"type": "string", "pattern": "^pkg:pypi/[a-z0-9-]+(@[A-Za-z0-9.%-]+)?([?][^ ]*)?$"},
                "externalReferences": {
                  "type": "array",
                  "items": {
                    "type": "object", "additionalProperties": false, "required": ["type", "url"],
                    "properties": {"type": {"enum": ["distribution", "vcs"]}, "url": {"type": "string"}, "hashes": {"type": "array", "items": {"$ref": "#/definitions/hash"}}}
                  }
                },
                "properties": {
                  "type": "array",
                  "items": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}
                }
              }
            },
            "hash": {
              "type": "object", "additionalProperties": false, "required": ["alg", "content"],
              "properties": {
                "alg": {"enum": ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3"]},
                "content": {"type": "string", "pattern": "^([a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$"}
              }
            }
          }
        }
        """;

    private const string SpdxRules = """
        {
          "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
          "required": ["SPDXID", "creationInfo", "dataLicense", "name", "spdxVersion", "documentNamespace"],
          "properties": {
            "spdxVersion": {"enum": ["SPDX-2.3"]}, "dataLicense": {"enum": ["CC0-1.0"]}, "SPDXID": {"enum": ["SPDXRef-DOCUMENT"]},
            "name": {"type": "string"},
            "documentNamespace": {"type": "string", "pattern": "^https://[^#]+$"},
            "creationInfo": {
              "type": "object", "additionalProperties": false, "required": ["created", "creators"],
              "properties": {
                "created": {"type": "string"},
                "creators": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^(Tool|Person|Organization): .+$"}}
              }
            },
            "packages": {
              "type": "array",
              "items": {
                "type": "object", "additionalProperties": false, "required": ["SPDXID", "downloadLocation", "name"],
                "properties": {
                  "SPDXID": {"$ref": "#/definitions/id"}, "name": {"type": "string"}, "versionInfo": {"type": "string"}, "packageFileName": {"type": "string"},
                  "summary": {"type": "string"}, "comment": {"type": "string"},
                  "downloadLocation": {"type": "string", "pattern": "^(NOASSERTION|NONE|(git[+])?[a-z]+://.+)$"},
                  "filesAnalyzed": {"enum": [false]},
                  "licenseConcluded": {"type": "string"}, "licenseDeclared": {"type": "string"}, "copyrightText": {"type": "string"},
                  "supplier": {"type": "string", "pattern": "^(NOASSERTION|(Person|Organization): .+)$"},
                  "primaryPackagePurpose": {"enum": ["APPLICATION", "LIBRARY"]},
                  "checksums": {
                    "type": "array",
                    "items": {
                      "type": "object", "additionalProperties": false, "required": ["algorithm", "checksumValue"],
                      "properties": {
                        "algorithm": {"enum": ["MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-384", "SHA3-512"]},
                        "checksumValue": {"type": "string", "pattern": "^[0-9a-f]+$"}
                      }
                    }
                  },
                  "externalRefs": {
                    "type": "array",
                    "items": {
                      "type": "object", "additionalProperties": false, "required": ["referenceCategory", "referenceLocator", "referenceType"],
                      "properties": {"referenceCategory": {"enum": ["PACKAGE-MANAGER"]}, "referenceType": {"enum": ["purl"]}, "referenceLocator": {"type": "string", "pattern": "^pkg:pypi/[^ ]+$"}}
                    }
                  }
                }
              }
            },
            "relationships": {
              "type": "array",
              "items": {
                "type": "object", "additionalProperties": false, "required": ["spdxElementId", "relatedSpdxElement", "relationshipType"],
                "properties": {
                  "spdxElementId": {"$ref": "#/definitions/id"}, "relatedSpdxElement": {"$ref": "#/definitions/id"},
                  "relationshipType": {"enum": ["DESCRIBES", "DEPENDS_ON", "CONTAINS", "VARIANT_OF"]}
                }
              }
            },
            "hasExtractedLicensingInfos": {
              "type": "array",
              "items": {
                "type": "object", "additionalProperties": false, "required": ["licenseId", "extractedText"],
                "properties": {"licenseId": {"type": "string", "pattern": "^LicenseRef-[A-Za-z0-9.-]+$"}, "extractedText": {"type": "string", "minLength": 1}}
              }
            }
          },
          "definitions": {"id": {"type": "string", "pattern": "^SPDXRef-[A-Za-z0-9.-]+$"}}
        }
        """;
}

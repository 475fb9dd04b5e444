using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NJsonSchema;
using NuGet.Versioning;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>The corpus of good and bad manifests: parser and schema judge alike, and a person reads what was meant.</summary>
public sealed partial class ManifestCorpus
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "VenvBuild.Workspace.Tests", "Manifests");
    private static readonly NuGetVersion ToolVersion = new(0, 1, 0);
    private static readonly Lazy<Task<JsonSchema>> Schema =
        new(() => JsonSchema.FromFileAsync(Path.Combine(Repository.Root, "schemas", "pyenv.schema.json")));

    public static TheoryData<string> Good => Names("good");

    public static TheoryData<string> Bad => Names("bad");

    [Theory]
    [MemberData(nameof(Good))]
    public async Task Good_manifests_are_read_and_fit_the_schema(string name)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Folder, "good", name), TestContext.Current.CancellationToken);
        var manifest = Read(bytes);
        Assert.NotEmpty(manifest.Requests.Lines);
        Assert.Empty((await Schema.Value).Validate(ToJson(bytes)!));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_manifests_are_refused_where_they_are_wrong(string name)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Folder, "bad", name), TestContext.Current.CancellationToken);
        var text = Encoding.UTF8.GetString(bytes);
        var problem = Assert.Throws<DiagnosticException>(() => Read(bytes));
        Assert.Equal(ExitCode.Usage, problem.ExitCode);
        Assert.Equal(
            Expectation().Matches(text).Select(match => match.Groups[1].Value),
            problem.Diagnostics.Select(diagnostic => string.Create(
                CultureInfo.InvariantCulture, $"{diagnostic.Code} ({diagnostic.Location!.Line},{diagnostic.Location.Column})")));
        Assert.DoesNotContain("secret", string.Concat(problem.Diagnostics.Select(Prose)), StringComparison.Ordinal);
        Snapshot.Match(string.Join("\n", problem.Diagnostics.Select(Prose)), Path.Combine(Folder, "bad", Path.GetFileNameWithoutExtension(name)));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_manifests_do_not_fit_the_schema(string name)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Folder, "bad", name), TestContext.Current.CancellationToken);
        var canSee = !Encoding.UTF8.GetString(bytes).Contains("# schema: cannot see", StringComparison.Ordinal);
        var json = ToJson(bytes);
        var seen = json is not null && (await Schema.Value).Validate(json).Count > 0;
        Assert.Equal(canSee, seen);
    }

    [Fact]
    public async Task Every_key_of_the_parser_is_in_the_schema_with_a_description_and_an_example()
    {
        var properties = (await Schema.Value).Properties;
        Assert.Equal(ManifestReader.Keys.Order(StringComparer.Ordinal), properties.Keys.Order(StringComparer.Ordinal));
        Assert.All(properties.Values, property => Assert.False(string.IsNullOrEmpty(property.Description)));
        Assert.All(properties.Values, property => Assert.NotNull(property.ExtensionData?["examples"]));
    }

    [Fact]
    public void Every_code_of_a_manifest_has_a_bad_manifest()
    {
        var shown = string.Concat(Directory.GetFiles(Path.Combine(Folder, "bad"), "*.yaml").Select(File.ReadAllText));
        var codes = typeof(ManifestCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        // What is wrong with the file as a whole has tests of its own; what is not served yet is no mistake.
        string[] elsewhere = [ManifestCodes.Unreadable, ManifestCodes.TooLarge, ManifestCodes.BadFileName, ManifestCodes.NotYetServed];
        Assert.All(codes.Except(elsewhere), code => Assert.Contains($"# expect: {code} ", shown, StringComparison.Ordinal));
        Assert.Equal(codes.Count, codes.Distinct().Count());
    }

    private static Manifest Read(byte[] bytes) =>
        Manifest.Parse(bytes, ManifestLocation.At(Path.Combine(Folder, "pyenv.yaml")), "pyenv.yaml", ToolVersion);

    /// <summary>The manifest as the JSON that an editor's YAML reader judges, or null where it is no YAML that has such a form.</summary>
    private static string? ToJson(byte[] bytes)
    {
        var text = new ManifestText(Encoding.UTF8.GetString(bytes));
        var problems = new ManifestProblems("pyenv.yaml", text);
        var root = YamlTree.Read(text, problems);
        return problems.Errors.Any(error => error.Code is not ManifestCodes.TooDeep) ? null
            : problems.Count > 0 ? "[]"
            : root is null ? "null" : Json(root);
    }

    private static string Json(YamlNode node) => node.Kind switch
    {
        YamlNodeKind.Null => "null",
        YamlNodeKind.Boolean => node.Value.ToLowerInvariant(),
        YamlNodeKind.Number => decimal.TryParse(node.Value, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : "0",
        YamlNodeKind.Text => Quote(node.Value),
        YamlNodeKind.Sequence => $"[{string.Join(',', node.Items.Select(Json))}]",
        // Of a key that stands twice, most readers take the last.
        _ => $"{{{string.Join(',', node.Entries.GroupBy(entry => entry.Key.Value).Select(same => $"{Quote(same.Key)}:{Json(same.Last().Value)}"))}}}",
    };

    private static string Quote(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";

    private static string Prose(Diagnostic diagnostic) => diagnostic.Detail is null ? $"{diagnostic}\n" : $"{diagnostic}\n{diagnostic.Detail}\n";

    private static TheoryData<string> Names(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Folder, folder), "*.yaml").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"^# expect: (PYENV\d{4} \(\d+,\d+\))", RegexOptions.Multiline)]
    private static partial Regex Expectation();
}

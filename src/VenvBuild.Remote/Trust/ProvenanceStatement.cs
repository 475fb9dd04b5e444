using System.Globalization;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// What a signer says of an environment: which it is, of what it consists, and where, when and of what it was made. It is written as an
/// in-toto Statement 1 with SLSA provenance 1, so that others' tools can read it, too. Its subjects are the environment's manifest and
/// then every layer.
/// </summary>
public sealed record ProvenanceStatement
{
    /// <summary>The name of the first subject.</summary>
    internal const string ManifestName = "environment";

    private const string StatementType = "https://in-toto.io/Statement/v1";
    private const string PredicateType = "https://slsa.dev/provenance/v1";
    private const string BuildType = "urn:venvbuild:environment:1";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string LockName = "pylock.toml";
    private const int MaxItems = 20_000;
    private const int MaxText = 2048;

    /// <summary>The environment's key.</summary>
    public required Sha256Digest Key { get; init; }

    /// <summary>What the environment is for: the runtime identifier of the platform.</summary>
    public required string Platform { get; init; }

    /// <summary>The implementation and minor version of Python, such as <c>cpython 3.11</c>.</summary>
    public required string Python { get; init; }

    /// <summary>The binary interface, such as <c>cp311</c>.</summary>
    public required string Abi { get; init; }

    /// <summary>The SHA-256 of the environment's manifest, byte by byte.</summary>
    public required Sha256Digest Manifest { get; init; }

    /// <summary>The layers, in the manifest's order.</summary>
    public required IReadOnlyList<NamedDigest> Layers { get; init; }

    /// <summary>The wheels that the layers were made from.</summary>
    public IReadOnlyList<NamedDigest> Wheels { get; init; } = [];

    /// <summary>The SHA-256 of the lock, or null where there was none.</summary>
    public Sha256Digest? Lock { get; init; }

    /// <summary>The indexes that the wheels came from, without credentials.</summary>
    public IReadOnlyList<string> Indexes { get; init; } = [];

    /// <summary>Who or what made it, as a URI or a name.</summary>
    public required string Builder { get; init; }

    /// <summary>When it was made, in whole seconds.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The statement's bytes, which are what is signed.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new(
            StatementType,
            [Resource(ManifestName, Manifest), .. Layers.Select(layer => Resource(layer.Name, layer.Sha256))],
            PredicateType,
            new(
                new(
                    BuildType,
                    new(Key.ToString(), Platform, Python, Abi, Indexes),
                    [.. Lock is { } digest ? [Resource(LockName, digest)] : Array.Empty<StatementResource>(), .. Wheels.Select(wheel => Resource(wheel.Name, wheel.Sha256) with { Annotations = wheel.Publisher is { } publisher ? new(publisher) : null })]),
                new(new(Builder), new(Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture))))),
        StatementJson.Default.StatementDocument);

    /// <summary>Reads a statement whose signature was found good before.</summary>
    /// <exception cref="DiagnosticException">This is none about an environment (exit code 4).</exception>
    public static ProvenanceStatement Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var document = JsonSerializer.Deserialize(utf8, StatementJson.Default.StatementDocument) ?? throw Malformed("it is null");
            return Take(document);
        }
        catch (JsonException e)
        {
            throw Malformed("it is not the JSON of one", e);
        }
    }

    private static ProvenanceStatement Take(StatementDocument document)
    {
        var build = document.Predicate.BuildDefinition;
        if (document.Type != StatementType || document.PredicateType != PredicateType || build.BuildType != BuildType)
            throw Malformed("it is of another type");
        if (document.Subject.Count > MaxItems || build.ResolvedDependencies.Count > MaxItems || build.ExternalParameters.Indexes.Count > MaxItems)
            throw Malformed("it lists more than any environment holds");
        if (document.Subject is not [{ Name: ManifestName } manifest, ..])
            throw Malformed("its first subject is not the environment's manifest");
        var made = build.ResolvedDependencies;
        var hasLock = made is [{ Name: LockName }, ..];
        var run = document.Predicate.RunDetails;
        if (!DateTimeOffset.TryParseExact(run.Metadata.FinishedOn, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw Malformed("its time is none in UTC");
        return new()
        {
            Key = Digest(build.ExternalParameters.Key),
            Platform = Text(build.ExternalParameters.Platform),
            Python = Text(build.ExternalParameters.Python),
            Abi = Text(build.ExternalParameters.Abi),
            Manifest = Digest(manifest.Digest.Sha256),
            Layers = [.. document.Subject.Skip(1).Select(Named)],
            Wheels = [.. made.Skip(hasLock ? 1 : 0).Select(Named)],
            Lock = hasLock ? Digest(made[0].Digest.Sha256) : null,
            Indexes = [.. build.ExternalParameters.Indexes.Select(Text)],
            Builder = Text(run.Builder.Id),
            Time = time,
        };
    }

    private static StatementResource Resource(string name, Sha256Digest digest) => new(name, new(digest.ToString()));

    private static NamedDigest Named(StatementResource resource) =>
        new(Text(resource.Name), Digest(resource.Digest.Sha256)) { Publisher = resource.Annotations is { } annotations ? Text(annotations.Publisher) : null };

    private static Sha256Digest Digest(string hex) =>
        Sha256Digest.TryParse(hex, out var digest) && digest.ToString() == hex ? digest : throw Malformed("a digest is none");

    private static string Text(string text) => text.Length <= MaxText && !text.Any(char.IsControl) ? text : throw Malformed("a text in it is too long or unprintable");

    private static DiagnosticException Malformed(string why, Exception? cause = null) => new(ExitCode.Integrity, Diagnostic.Error(
        TrustCodes.StatementMalformed,
        $"What was signed is no statement about an environment: {why}.",
        remedy: "A trusted key signed something else, or another version of the tool wrote it: have the environment signed and published anew."), cause);
}

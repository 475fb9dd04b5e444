using System.Globalization;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote.Tests;

/// <summary>An environment of as many wheels as a test wants, with layers that are bytes and nothing more: who carries them does not look inside.</summary>
internal sealed class MadeEnvironment : ILayerSource
{
    private readonly Dictionary<Sha256Digest, byte[]> _layers = [];

    public MadeEnvironment(params string[] wheels)
        : this(TimeSpan.Zero, wheels)
    {
    }

    /// <summary>The same environment, made so much later.</summary>
    public MadeEnvironment(TimeSpan later, params string[] wheels)
    {
        var planned = wheels.Select(wheel => new PlannedWheel { File = WheelFileName.Parse($"{wheel}-py3-none-any.whl"), Sha256 = Sample.Digest(wheel) });
        Plan = new(Sample.Target, planned);
        var references = Plan.Wheels.Select(wheel =>
        {
            var bytes = new byte[20_000 + wheel.File.Text.Length];
            new Random(Sample.Digest(wheel.File.Text).GetHashCode()).NextBytes(bytes);
            var digest = Sha256Digest.Of(bytes);
            _layers.Add(digest, bytes);
            return new LayerReference { Digest = digest, Size = bytes.Length, Kind = LayerKind.Wheel, Wheel = wheel.File, WheelSha256 = wheel.Sha256 };
        });
        Manifest = new(Plan, references.ToList()) { Provenance = new() { Builder = "test", Created = Sample.Now - TimeSpan.FromHours(1) + later } };
    }

    public EnvironmentPlan Plan { get; }

    public EnvironmentManifest Manifest { get; }

    public string Name => "made";

    public long LayerBytes => _layers.Values.Sum(bytes => (long)bytes.Length);

    /// <summary>The environment on its way, signed where there is a key.</summary>
    public Publication Publication(SigningKey? key = null) => new(Manifest, this, key is null ? null : manifest =>
        DsseEnvelope.Sign(DsseEnvelope.InTotoPayloadType, StatementOfEnvironment.Of(manifest, "test", Sample.Now).Write(), key));

    /// <summary>What a policy is asked about, when a place offers the environment.</summary>
    public OfferedEnvironment Offered(EnvironmentOffer offer) => new() { Key = Plan.Key.Digest, Target = Plan.Target, Manifest = Sha256Digest.Of(offer.Manifest.Span) };

    /// <summary>A number of wheels.</summary>
    public static string[] Wheels(int count) => [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"p{i}-1.0"))];

    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Sha256Digest>>(layers.Select(layer => layer.Digest).ToHashSet());

    public Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken) =>
        Task.FromResult<LayerContent?>(new(new MemoryStream(_layers[layer.Digest]), _layers[layer.Digest].Length));

    /// <summary>Whether a source gives each layer as it was made.</summary>
    public async Task AssertIsGivenByAsync(ILayerSource source)
    {
        foreach (var layer in Manifest.Layers)
        {
            var content = await source.OpenAsync(layer, TestContext.Current.CancellationToken);
            Assert.NotNull(content);
            await using (content)
            {
                using var copy = new MemoryStream();
                await content.Archive.CopyToAsync(copy, TestContext.Current.CancellationToken);
                Assert.Equal(layer.Digest, Sha256Digest.Of(copy.ToArray()));
            }
        }
    }
}

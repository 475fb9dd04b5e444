using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>Makes the statement that a builder signs of an environment.</summary>
public static class StatementOfEnvironment
{
    /// <summary>States what the description says, who made it, and when.</summary>
    /// <param name="manifest">The description.</param>
    /// <param name="builder">Who or what made it: a URI or a name.</param>
    /// <param name="time">The time; fractions of a second are left out.</param>
    /// <param name="publisherOf">Who was found to have published a wheel (PEP 740), by its digest; null where that is not known of any.</param>
    public static ProvenanceStatement Of(EnvironmentManifest manifest, string builder, DateTimeOffset time, Func<Sha256Digest, string?>? publisherOf = null) => new()
    {
        Key = manifest.Key.Digest,
        Platform = manifest.Target.Platform.RuntimeIdentifier,
        Python = OfferedEnvironment.PythonOf(manifest.Target),
        Abi = manifest.Target.Abi,
        Manifest = Sha256Digest.Of(manifest.ToUtf8Bytes()),
        Layers = [.. manifest.Layers.Select(layer => new NamedDigest(layer.Kind == LayerKind.Wheel ? layer.Wheel.Text : $"{layer.Wheel.Text} (bytecode)", layer.Digest))],
        Wheels = [.. manifest.Layers.Where(layer => layer.Kind == LayerKind.Wheel).Select(layer => new NamedDigest(layer.Wheel.Text, layer.WheelSha256) { Publisher = publisherOf?.Invoke(layer.WheelSha256) })],
        Lock = manifest.Lock,
        Indexes = [.. (manifest.Provenance?.Indexes ?? []).Select(PlaceFault.Shown)],
        Builder = builder,
        Time = time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerSecond)),
    };
}

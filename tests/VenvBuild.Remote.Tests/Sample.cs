using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Remote.Tests;

/// <summary>An environment to sign and to ask for.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static readonly Target Target = new(Platform.Parse("linux-x64"), new(3, 11));

    public static Sha256Digest Digest(string text) => Sha256Digest.Of(Encoding.UTF8.GetBytes(text));

    public static OfferedEnvironment Offered { get; } = new()
    {
        Key = Digest("key"),
        Target = Target,
        Manifest = Digest("manifest"),
        Layers = [Digest("layer a"), Digest("layer b")],
    };

    public static ProvenanceStatement Statement { get; } = new()
    {
        Key = Offered.Key,
        Platform = "linux-x64",
        Python = "cpython 3.11",
        Abi = "cp311",
        Manifest = Offered.Manifest,
        Layers = [new("a-1-py3-none-any.whl", Offered.Layers![0]), new("b-2-py3-none-any.whl", Offered.Layers[1])],
        Wheels = [new("a-1-py3-none-any.whl", Digest("wheel a")), new("b-2-py3-none-any.whl", Digest("wheel b"))],
        Lock = Digest("lock"),
        Indexes = ["https://packages.example/simple"],
        Builder = "https://ci.example/builds/42",
        Time = Now - TimeSpan.FromHours(1),
    };

    public static DsseEnvelope Signed(ProvenanceStatement statement, params SigningKey[] keys) =>
        DsseEnvelope.Sign(DsseEnvelope.InTotoPayloadType, statement.Write(), keys);

    public static TrustedSigner Signer(string name, params SigningKey[] keys) => new(name, [.. keys.Select(key => key.Public)]);
}

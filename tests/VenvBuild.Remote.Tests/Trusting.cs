using VenvBuild.Packaging;

namespace VenvBuild.Remote.Tests;

public sealed class Trusting : IDisposable
{
    private readonly SigningKey _team = SigningKey.Create();
    private readonly SigningKey _ci = SigningKey.Create();
    private readonly SigningKey _stranger = SigningKey.Create();

    [Fact]
    public void Takes_what_a_trusted_key_signed() =>
        Assert.Equal("https://ci.example/builds/42", Check(Team(), Sample.Signed(Sample.Statement, _team)).Builder);

    [Fact]
    public void Refuses_what_is_not_signed()
    {
        Assert.Equal("PYENV1801", Refusal(Team()));
        Assert.Equal("PYENV1801", Code(() => Team().Check(Sample.Offered, null, Sample.Now)));
    }

    [Fact]
    public void Refuses_what_only_strangers_signed_and_names_their_keys()
    {
        var refusal = Assert.Throws<DiagnosticException>(() => Check(Team(), Sample.Signed(Sample.Statement, _stranger)));
        Assert.Equal("PYENV1802", refusal.Diagnostics[0].Code);
        Assert.Contains(_stranger.Id[..12], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_signature_that_names_a_trusted_key_and_is_anothers()
    {
        var forged = new DsseEnvelope(
            DsseEnvelope.InTotoPayloadType, Sample.Statement.Write(), [Sample.Signed(Sample.Statement, _stranger).Signatures[0] with { KeyId = _team.Id }]);
        Assert.Equal("PYENV1803", Refusal(Team(), forged));
    }

    [Fact]
    public void Refuses_what_was_signed_of_another_environment() =>
        Assert.Equal("PYENV1806", Refusal(Team(), Sample.Signed(Sample.Statement with { Key = Sample.Digest("other") }, _team)));

    [Fact]
    public void Refuses_what_was_signed_for_another_platform_or_Python()
    {
        Assert.Equal("PYENV1807", Refusal(Team(), Sample.Signed(Sample.Statement with { Platform = "linux-arm64" }, _team)));
        Assert.Equal("PYENV1807", Refusal(Team(), Sample.Signed(Sample.Statement with { Python = "cpython 3.12" }, _team)));
        Assert.Equal("PYENV1807", Refusal(Team(), Sample.Signed(Sample.Statement with { Abi = "cp311t" }, _team)));
    }

    [Fact]
    public void Refuses_what_was_signed_of_another_content()
    {
        Assert.Equal("PYENV1808", Refusal(Team(), Sample.Signed(Sample.Statement with { Manifest = Sample.Digest("other") }, _team)));
        Assert.Equal("PYENV1808", Refusal(Team(), Sample.Signed(Sample.Statement with { Layers = [.. Sample.Statement.Layers.Reverse()] }, _team)));
        Assert.Equal("PYENV1808", Refusal(Team(), Sample.Signed(Sample.Statement with { Layers = [Sample.Statement.Layers[0]] }, _team)));
    }

    [Fact]
    public void Refuses_what_is_too_old_or_not_yet_made()
    {
        var policy = new TrustPolicy([Sample.Signer("team", _team)]) { MaximumAge = TimeSpan.FromDays(30) };
        Check(policy, Sample.Signed(At(TimeSpan.FromDays(-30)), _team));
        Assert.Equal("PYENV1809", Refusal(policy, Sample.Signed(At(TimeSpan.FromDays(-30) - TimeSpan.FromSeconds(1)), _team)));
        Check(Team(), Sample.Signed(At(TimeSpan.FromDays(-3000)), _team));
        Check(policy, Sample.Signed(At(TimeSpan.FromMinutes(5)), _team));
        Assert.Equal("PYENV1810", Refusal(policy, Sample.Signed(At(TimeSpan.FromMinutes(6)), _team)));
    }

    [Fact]
    public void Counts_signers_and_not_keys_or_signatures()
    {
        using var old = SigningKey.Create();
        var policy = new TrustPolicy([Sample.Signer("team", _team, old), Sample.Signer("ci", _ci)], threshold: 2);
        Check(policy, Sample.Signed(Sample.Statement, _team, _ci));
        Check(policy, Sample.Signed(Sample.Statement, _team), Sample.Signed(At(TimeSpan.FromHours(-2)), _ci));
        Assert.Equal("PYENV1811", Refusal(policy, Sample.Signed(Sample.Statement, _team)));
        Assert.Equal("PYENV1811", Refusal(policy, Sample.Signed(Sample.Statement, _team, _team, old), Sample.Signed(Sample.Statement, _team, _stranger)));
        Assert.Equal("PYENV1806", Refusal(policy, Sample.Signed(Sample.Statement, _team), Sample.Signed(Sample.Statement with { Key = default }, _ci)));
    }

    [Fact]
    public void Takes_a_key_that_was_rotated_out_for_its_signer_still()
    {
        using var old = SigningKey.Create();
        Check(new([Sample.Signer("team", _team, old)]), Sample.Signed(Sample.Statement, old));
    }

    [Theory]
    [InlineData("https://ci.example/builds/42", true)]
    [InlineData("https://ci.example/*", true)]
    [InlineData("https://ci.example/", false)]
    [InlineData("https://CI.example/*", false)]
    [InlineData("https://other.example/*", false)]
    public void Takes_only_the_builders_that_are_named(string builder, bool isTaken)
    {
        var policy = new TrustPolicy([Sample.Signer("team", _team)]) { Builders = ["someone", builder] };
        var envelope = Sample.Signed(Sample.Statement, _team);
        if (isTaken)
            Check(policy, envelope);
        else
            Assert.Equal("PYENV1812", Refusal(policy, envelope));
    }

    [Fact]
    public void Strangers_cannot_have_an_environment_refused_by_signing_it_too() => Check(
        Team(),
        Sample.Signed(Sample.Statement with { Key = default }, _stranger),
        Sample.Signed(Sample.Statement, _stranger, _team),
        new("text/plain", "what?"u8.ToArray(), Sample.Signed(Sample.Statement, _stranger).Signatures));

    [Fact]
    public void Refuses_what_a_trusted_key_signed_as_something_else()
    {
        Assert.Equal("PYENV1805", Refusal(Team(), DsseEnvelope.Sign("text/plain", Sample.Statement.Write(), _team)));
        Assert.Equal("PYENV1805", Refusal(Team(), DsseEnvelope.Sign(DsseEnvelope.InTotoPayloadType, "{}"u8.ToArray(), _team)));
    }

    [Fact]
    public void Refuses_a_policy_that_cannot_be_met_or_counts_one_signer_twice()
    {
        Assert.Equal("PYENV1825", Usage(() => _ = new TrustPolicy([Sample.Signer("team", _team)], threshold: 2)));
        Assert.Equal("PYENV1824", Usage(() => _ = new TrustPolicy([Sample.Signer("team", _team), Sample.Signer("ci", _ci, _team)])));
    }

    [Fact]
    public void Every_reason_says_that_nothing_was_unpacked_and_what_to_do()
    {
        var refusal = Assert.Throws<DiagnosticException>(() => Check(Team(), Sample.Signed(Sample.Statement with { Key = default }, _team)));
        Assert.Contains("Nothing of it was unpacked.", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.Diagnostics[0].Remedy);
    }

    public void Dispose()
    {
        _team.Dispose();
        _ci.Dispose();
        _stranger.Dispose();
    }

    private static ProvenanceStatement At(TimeSpan fromNow) => Sample.Statement with { Time = Sample.Now + fromNow };

    private TrustPolicy Team() => new([Sample.Signer("team", _team)]);

    private static ProvenanceStatement Check(TrustPolicy policy, params DsseEnvelope[] envelopes) =>
        policy.Check(Sample.Offered, SignatureFile.Write(envelopes), Sample.Now);

    private static string Refusal(TrustPolicy policy, params DsseEnvelope[] envelopes) => Code(() => Check(policy, envelopes));

    private static string Code(Action action)
    {
        var refusal = Assert.Throws<DiagnosticException>(action);
        Assert.Equal(ExitCode.Integrity, refusal.ExitCode);
        return refusal.Diagnostics[0].Code;
    }

    private static string Usage(Action action)
    {
        var refusal = Assert.Throws<DiagnosticException>(action);
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
        return refusal.Diagnostics[0].Code;
    }
}

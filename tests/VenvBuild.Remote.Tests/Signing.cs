using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Remote.Tests;

public sealed class Signing
{
    [Fact]
    public void What_is_signed_is_the_pre_authentication_encoding_of_DSSE()
    {
        // The example of the specification's own protocol page.
        var encoded = DsseEnvelope.Encode("http://example.com/HelloWorld", "hello world"u8);
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(encoded));
        Assert.Equal("DSSEv1 2 \u00e9 0 ", Encoding.UTF8.GetString(DsseEnvelope.Encode("\u00e9", [])));
    }

    [Fact]
    public void An_envelope_is_read_as_it_was_written()
    {
        using var key = SigningKey.Create();
        var read = DsseEnvelope.Parse(Sample.Signed(Sample.Statement, key).Write());
        Assert.Equal(DsseEnvelope.InTotoPayloadType, read.PayloadType);
        Assert.Equal(key.Id, Assert.Single(read.Signatures).KeyId);
        Assert.True(key.Public.Verify(DsseEnvelope.Encode(read.PayloadType, read.Payload.Span), read.Signatures[0].Value.Span));
        Assert.False(key.Public.Verify("other"u8, read.Signatures[0].Value.Span));
        Assert.False(key.Public.Verify("other"u8, "no DER"u8));
    }

    [Fact]
    public void A_statement_is_in_toto_with_the_provenance_of_SLSA_and_read_as_it_was_written()
    {
        var written = Sample.Statement.Write();
        var json = JsonDocument.Parse(written).RootElement;
        Assert.Equal("https://in-toto.io/Statement/v1", json.GetProperty("_type").GetString());
        Assert.Equal("https://slsa.dev/provenance/v1", json.GetProperty("predicateType").GetString());
        Assert.Equal(3, json.GetProperty("subject").GetArrayLength());
        Assert.Equal(
            "https://ci.example/builds/42",
            json.GetProperty("predicate").GetProperty("runDetails").GetProperty("builder").GetProperty("id").GetString());
        var read = ProvenanceStatement.Parse(written);
        Assert.Equivalent(Sample.Statement, read, strict: true);
        Assert.Equal(written, read.Write());
        Assert.Null(ProvenanceStatement.Parse((Sample.Statement with { Lock = null }).Write()).Lock);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":[]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":null}""")]
    [InlineData("""{"payload":"AA==","payloadType":null,"signatures":[{"keyid":"k","sig":"AA=="}]}""")]
    [InlineData("""{"payload":"A","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}]}""")]
    [InlineData("""{"payload":"AB==","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}]}""")]
    [InlineData("""{"payload":"AA==","payload":"AA==","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":[{"keyid":"k","keyid":"k","sig":"AA=="}]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}],"more":1}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{ "payload":"AA==","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"\u0074","signatures":[{"keyid":"k","sig":"AA=="}]}""")]
    [InlineData("""{"payload":"AA==","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}]} {}""")]
    [InlineData("""[[[[[[[[[[[[""")]
    public void What_is_no_envelope_in_its_one_form_is_refused(string text) =>
        Assert.Equal("PYENV1804", Code(() => DsseEnvelope.Parse(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Sizes_and_counts_are_bounded()
    {
        using var key = SigningKey.Create();
        Assert.Equal("PYENV1804", Code(() => DsseEnvelope.Parse(new byte[DsseEnvelope.MaxBytes + 1])));
        Assert.Equal("PYENV1804", Code(() => SignatureFile.Parse(new byte[SignatureFile.MaxBytes + 1])));
        var envelope = DsseEnvelope.Sign("t", "p"u8.ToArray(), key);
        Assert.Equal("PYENV1804", Code(() => DsseEnvelope.Parse(new DsseEnvelope("t", default, [.. Enumerable.Repeat(envelope.Signatures[0], 33)]).Write())));
        Assert.Equal("PYENV1804", Code(() => DsseEnvelope.Parse(new DsseEnvelope("t", default, [new("k", new byte[129])]).Write())));
        Assert.Equal("PYENV1804", Code(() => DsseEnvelope.Parse(new DsseEnvelope("t", default, [new(new('k', 257), new byte[1])]).Write())));
        Assert.Equal("PYENV1804", Code(() => SignatureFile.Parse(SignatureFile.Write(Enumerable.Repeat(envelope, 33)))));
        Assert.Equal("PYENV1804", Code(() => SignatureFile.Parse(envelope.Write())));
        Assert.Equal(2, SignatureFile.Parse(SignatureFile.Write([envelope, envelope])).Count);
    }

    [Theory]
    [InlineData("\"_type\":\"https://in-toto.io/Statement/v1\"", "\"_type\":\"https://in-toto.io/Statement/v0.1\"")]
    [InlineData("slsa.dev/provenance/v1", "slsa.dev/provenance/v2")]
    [InlineData("urn:venvbuild:environment:1", "urn:venvbuild:environment:2")]
    [InlineData("\"name\":\"environment\"", "\"name\":\"something\"")]
    [InlineData("2026-11-24T11:00:00Z", "2026-11-24T11:00:00+01:00")]
    [InlineData("\"platform\":\"linux-x64\"", "\"platform\":\"linux-x64\",\"platform\":\"win-x64\"")]
    [InlineData("\"platform\":\"linux-x64\"", "\"platform\":null")]
    [InlineData("\"platform\":\"linux-x64\",", "")]
    [InlineData("\"abi\":\"cp311\"", "\"abi\":\"cp311\",\"more\":1")]
    [InlineData("\"abi\":\"cp311\"", "\"abi\":\"cp\\u0000311\"")]
    public void A_signed_text_that_is_no_statement_is_refused(string part, string other)
    {
        var text = Encoding.UTF8.GetString(Sample.Statement.Write());
        var changed = text.Replace(part, other, StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        Assert.Equal("PYENV1805", Code(() => ProvenanceStatement.Parse(Encoding.UTF8.GetBytes(changed))));
    }

    private static string Code(Action action)
    {
        var refusal = Assert.Throws<DiagnosticException>(action);
        Assert.Equal(ExitCode.Integrity, refusal.ExitCode);
        return refusal.Diagnostics[0].Code;
    }
}

using System.Security.Cryptography;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Remote.Tests;

public sealed class KeysOnDisk : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(null)]
    [InlineData("correct horse")]
    public void A_key_is_read_as_it_was_saved(string? passphrase)
    {
        using var key = SigningKey.Create();
        var path = _folder.File("keys", "team.key");
        key.Save(path, passphrase);
        using var read = SigningKey.Load(path, () => passphrase ?? throw new InvalidOperationException("Nobody should have asked."));
        Assert.Equal(key.Id, read.Id);
        Assert.True(key.Public.Verify("data"u8, read.Sign("data"u8)));
        Assert.Contains(passphrase is null ? "BEGIN PRIVATE KEY" : "BEGIN ENCRYPTED PRIVATE KEY", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_user_may_read_a_private_key()
    {
        // Windows has no modes; the profile's folder is the user's own.
        if (OperatingSystem.IsWindows())
            return;
        using var key = SigningKey.Create();
        key.Save(_folder.File("team.key"), null);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("team.key")));
    }

    [Fact]
    public void A_key_is_never_written_over_another()
    {
        using var key = SigningKey.Create();
        var path = _folder.Write("team.key", "precious");
        Assert.Equal("PYENV1823", Code(() => key.Save(path, null)));
        Assert.Equal("precious", File.ReadAllText(path));
    }

    [Fact]
    public void A_wrong_or_missing_passphrase_is_said_so_and_not_shown()
    {
        using var key = SigningKey.Create();
        var path = _folder.File("team.key");
        key.Save(path, "correct horse");
        var refusal = Assert.Throws<DiagnosticException>(() => SigningKey.Load(path, () => "battery staple"));
        Assert.Equal("PYENV1822", refusal.Diagnostics[0].Code);
        Assert.DoesNotContain("staple", refusal.ToString(), StringComparison.Ordinal);
        Assert.Equal("PYENV1822", Code(() => SigningKey.Load(path, () => null)));
    }

    [Fact]
    public void A_file_of_public_keys_may_hold_several_with_comments()
    {
        using var one = SigningKey.Create();
        using var two = SigningKey.Create();
        var path = _folder.Write("team.pub", $"since 2026\n{one.Public.ToPem()}until 2026\n{two.Public.ToPem()}");
        Assert.Equal([one.Id, two.Id], VerificationKey.LoadAll(path).Select(key => key.Id));
    }

    [Fact]
    public void The_id_is_the_digest_that_other_tools_compute_of_the_public_key()
    {
        using var key = SigningKey.Create();
        var der = PemEncoding.Find(key.Public.ToPem());
        var bytes = Convert.FromBase64String(key.Public.ToPem()[der.Base64Data]);
        Assert.Equal(Sha256Digest.Of(bytes).ToString(), key.Id);
    }

    [Fact]
    public void What_is_no_such_key_is_refused()
    {
        using var key = SigningKey.Create();
        key.Save(_folder.File("team.key"), null);
        using var weak = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Assert.Equal("PYENV1820", Code(() => VerificationKey.LoadAll(_folder.File("absent.pub"))));
        Assert.Equal("PYENV1820", Code(() => VerificationKey.LoadAll(_folder.Write("text.pub", "no key"))));
        Assert.Equal("PYENV1820", Code(() => VerificationKey.LoadAll(_folder.Write("large.pub", new string('x', 65 << 10)))));
        Assert.Equal("PYENV1820", Code(() => VerificationKey.LoadAll(_folder.File("team.key"))));
        Assert.Equal("PYENV1820", Code(() => VerificationKey.LoadAll(_folder.Write("c.pub", PemEncoding.WriteString("CERTIFICATE", [1, 2, 3])))));
        Assert.Equal("PYENV1821", Code(() => VerificationKey.LoadAll(_folder.Write("weak.pub", weak.ExportSubjectPublicKeyInfoPem()))));
        Assert.Equal("PYENV1821", Code(() => VerificationKey.LoadAll(_folder.Write("rsa.pub", rsa.ExportSubjectPublicKeyInfoPem()))));
        Assert.Equal("PYENV1821", Code(() => VerificationKey.LoadAll(_folder.Write("bad.pub", PemEncoding.WriteString("PUBLIC KEY", [1, 2, 3])))));
        Assert.Equal("PYENV1821", Code(() => SigningKey.Load(_folder.Write("weak.key", weak.ExportPkcs8PrivateKeyPem()), () => null)));
        Assert.Equal("PYENV1820", Code(() => SigningKey.Load(_folder.Write("team.pub", key.Public.ToPem()), () => null)));
        Assert.Equal("PYENV1820", Code(() => SigningKey.Load(_folder.Write("none.key", ""), () => null)));
    }

    public void Dispose() => _folder.Dispose();

    private static string Code(Action action)
    {
        var refusal = Assert.Throws<DiagnosticException>(action);
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
        return refusal.Diagnostics[0].Code;
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace VenvBuild.Server;

/// <summary>Encrypts the keys of forms for the database, with a secret that all web processes are given (<c>Access:FormSecret</c>).</summary>
internal sealed class FormKeyCipher(string secret) : IXmlEncryptor
{
    private static readonly XName Name = "encryptedKey";

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "venvbuild form keys 1"u8.ToArray());

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var (nonce, tag, hidden) = (RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize), new byte[AesGcm.TagByteSizes.MaxSize], new byte[plain.Length]);
        using var cipher = new AesGcm(_key, tag.Length);
        cipher.Encrypt(nonce, plain, hidden, tag);
        return new(new XElement(Name, Convert.ToBase64String([.. nonce, .. tag, .. hidden])), typeof(FormKeyDecryptor));
    }

    /// <exception cref="CryptographicException">It was encrypted with another secret, or changed since.</exception>
    public XElement Decrypt(XElement encryptedElement)
    {
        var all = Convert.FromBase64String(encryptedElement.Value).AsSpan();
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        var plain = new byte[all.Length - nonce - tag];
        using var cipher = new AesGcm(_key, tag);
        cipher.Decrypt(all[..nonce], all[(nonce + tag)..], all.Slice(nonce, tag), plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}

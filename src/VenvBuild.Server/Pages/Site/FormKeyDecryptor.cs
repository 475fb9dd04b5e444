using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace VenvBuild.Server;

/// <summary>What data protection makes, by its name in a key's XML, to read a key that <see cref="FormKeyCipher"/> encrypted.</summary>
internal sealed class FormKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => services.GetRequiredService<ServerSettings>().FormSecret is { } secret
        ? new FormKeyCipher(secret).Decrypt(encryptedElement)
        : throw new CryptographicException("The key was encrypted by a server that has Access:FormSecret; this one has none.");
}

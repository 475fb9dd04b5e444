using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>The folder of a user's keys: of each name the private half <c>NAME.key</c> and the public one <c>NAME.pub</c>.</summary>
public sealed class KeyRing
{
    private const string PrivateSuffix = ".key";
    private const string PublicSuffix = ".pub";

    /// <summary>Uses a folder, which need not exist yet.</summary>
    public KeyRing(string folder) => Folder = Path.GetFullPath(folder);

    /// <summary>The folder, absolute.</summary>
    public string Folder { get; }

    /// <summary>
    /// The user's own: <c>VENVBUILD_KEYS</c>, else <c>venvbuild/keys</c> in the platform's place for settings (<c>XDG_CONFIG_HOME</c> or
    /// <c>~/.config</c>, <c>~/Library/Application Support</c>, <c>%APPDATA%</c>).
    /// </summary>
    public static KeyRing Default() =>
        new(Environment.GetEnvironmentVariable("VENVBUILD_KEYS") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "venvbuild", "keys"));

    /// <summary>The file of a private key. A name is one; anything with a folder or an ending in it is a path.</summary>
    /// <exception cref="DiagnosticException">The name is none (exit code 2).</exception>
    public string PrivatePathOf(string name) => PathOf(name, PrivateSuffix);

    /// <summary>The file of the public halves of a key and of those that it replaced.</summary>
    /// <exception cref="DiagnosticException">The name is none (exit code 2).</exception>
    public string PublicPathOf(string name) => PathOf(name, PublicSuffix);

    /// <summary>The names of the keys that can sign, in order.</summary>
    public IReadOnlyList<string> Names() => !Directory.Exists(Folder) ? [] :
    [
        .. Directory.EnumerateFiles(Folder, "*" + PrivateSuffix)
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Where(IsName)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Makes a key of a name.</summary>
    /// <exception cref="DiagnosticException">There is one already, or the folder cannot be written (exit code 2).</exception>
    public SigningKey Create(string name, string? passphrase)
    {
        var key = SigningKey.Create();
        key.Save(PrivatePathOf(name), passphrase);
        WriteText(PublicPathOf(name), key.Public.ToPem());
        return key;
    }

    /// <summary>
    /// Puts a new key in the place of one. The old one is kept as <c>NAME.ID.key</c>, and its public half stays beside the new one, so that
    /// what it signed is still believed. At no moment is there no key of the name.
    /// </summary>
    /// <exception cref="DiagnosticException">There is no such key, or the folder cannot be written (exit code 2).</exception>
    public (SigningKey Key, IReadOnlyList<VerificationKey> Former) Rotate(string name, string? passphrase)
    {
        var (privatePath, publicPath) = (PrivatePathOf(name), PublicPathOf(name));
        if (!File.Exists(privatePath))
            throw KeyFiles.Unreadable(privatePath, "it is not there");
        var former = VerificationKey.LoadAll(publicPath);
        var key = SigningKey.Create();
        var fresh = Path.Combine(Folder, $"{name}.{key.Id[..12]}.new");
        try
        {
            key.Save(fresh, passphrase);
            File.Copy(privatePath, Path.Combine(Folder, $"{name}.{former[0].Id[..12]}{PrivateSuffix}"), overwrite: true);
            WriteText(publicPath, string.Concat([key.Public.ToPem(), .. former.Select(old => old.ToPem())]));
            File.Move(fresh, privatePath, overwrite: true);
            return (key, former);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw KeyFiles.Unreadable(privatePath, $"it cannot be replaced: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Writes a file of public keys whole or not at all.</summary>
    /// <exception cref="DiagnosticException">It cannot be written (exit code 2).</exception>
    public static void WriteText(string path, string text)
    {
        var sibling = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(sibling, text);
            File.Move(sibling, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw KeyFiles.Unreadable(path, $"it cannot be written: {e.Message.TrimEnd('.')}", e);
        }
        finally
        {
            File.Delete(sibling);
        }
    }

    private string PathOf(string name, string suffix) => IsName(name)
        ? Path.Combine(Folder, name + suffix)
        : throw KeyFiles.Unreadable(name, "that is no name of a key: letters, digits, '-' and '_' are");

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

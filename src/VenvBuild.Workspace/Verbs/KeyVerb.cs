using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary><c>key new</c>, <c>key show</c> and <c>key rotate</c>: the keys that environments are signed with.</summary>
public static class KeyVerb
{
    /// <summary>Makes a key, and puts its public half where a manifest can name it.</summary>
    /// <param name="context">Where the work is done.</param>
    /// <param name="name">The key's name.</param>
    /// <param name="publicFile">The file for the public half; null for <c>keys/NAME.pub</c> beside the manifest.</param>
    /// <param name="passphrase">What the private half is encrypted with; null for nothing.</param>
    /// <exception cref="DiagnosticException">There is such a key or file already, or a folder cannot be written.</exception>
    public static KeyOutcome New(WorkspaceContext context, string name, string? publicFile, string? passphrase)
    {
        var ring = KeyRing.Default();
        var publicPath = PublicPath(context, name, publicFile);
        if (File.Exists(publicPath))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, "There is a file already where the public key would go.", new(publicPath),
                "Name another with --public, or replace the key with 'dotnet pyenv key rotate'."));
        }

        using var key = ring.Create(name, passphrase);
        KeyRing.WriteText(publicPath, key.Public.ToPem());
        return new(name, key.Id, key.Public.ToPem(), publicPath, ring.PrivatePathOf(name), []);
    }

    /// <summary>Shows the user's keys, or those of one name or file.</summary>
    /// <exception cref="DiagnosticException">There is no such key.</exception>
    public static IReadOnlyList<KeyOutcome> Show(WorkspaceContext context, string? nameOrFile)
    {
        var ring = KeyRing.Default();
        if (nameOrFile is null)
            return [.. ring.Names().Select(name => Known(ring, name))];
        var path = Path.GetFullPath(nameOrFile, context.WorkingDirectory);
        return File.Exists(path)
            ? [.. VerificationKey.LoadAll(path).Select(key => new KeyOutcome(Path.GetFileNameWithoutExtension(path), key.Id, key.ToPem(), path, null, []))]
            : [Known(ring, nameOrFile)];
    }

    /// <summary>
    /// Puts a new key in the place of one. The file that manifests name then holds the new public key before the old ones, so that what
    /// those signed is still believed; <paramref name="revoke"/> takes them out.
    /// </summary>
    /// <exception cref="DiagnosticException">There is no such key, or a folder cannot be written.</exception>
    public static KeyOutcome Rotate(WorkspaceContext context, string name, string? publicFile, string? passphrase, bool revoke)
    {
        var ring = KeyRing.Default();
        var publicPath = PublicPath(context, name, publicFile);
        var published = File.Exists(publicPath) ? VerificationKey.LoadAll(publicPath) : [];
        var (key, former) = ring.Rotate(name, passphrase);
        using (key)
        {
            var kept = revoke ? [] : published.Concat(former).DistinctBy(old => old.Id).ToArray();
            KeyRing.WriteText(publicPath, string.Concat([key.Public.ToPem(), .. kept.Select(old => old.ToPem())]));
            if (revoke)
                KeyRing.WriteText(ring.PublicPathOf(name), key.Public.ToPem());
            return new(name, key.Id, key.Public.ToPem(), publicPath, ring.PrivatePathOf(name), [.. former.Select(old => old.Id)]);
        }
    }

    private static KeyOutcome Known(KeyRing ring, string name)
    {
        var keys = VerificationKey.LoadAll(ring.PublicPathOf(name));
        return new(name, keys[0].Id, keys[0].ToPem(), ring.PublicPathOf(name), ring.PrivatePathOf(name), [.. keys.Skip(1).Select(old => old.Id)]);
    }

    private static string PublicPath(WorkspaceContext context, string name, string? publicFile)
    {
        if (publicFile is not null)
            return Path.GetFullPath(publicFile, context.WorkingDirectory);
        var folder = context.ManifestPath is { } manifest
            ? Path.GetDirectoryName(Path.GetFullPath(manifest, context.WorkingDirectory))!
            : ManifestLocation.Find(context.WorkingDirectory)?.Folder ?? context.WorkingDirectory;
        return Path.Combine(folder, "keys", name + ".pub");
    }
}

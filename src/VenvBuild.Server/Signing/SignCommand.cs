using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// <c>sign</c>: adds the server's signature to the environments that it made before it had its key, or under a former one. With the
/// server's own settings and database, also while it runs.
/// </summary>
internal static class SignCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        var settings = SettingsReader.OfCommand(args).Settings;
        using var signer = new EnvironmentSigner(settings, TimeProvider.System);
        if (signer.KeyId is null)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                ServerCodes.BadArguments, "No key is named to sign with.", remedy: $"Name one with {ServerSettings.Section}:Signing:Key; 'dotnet pyenv key new' makes one."));
        }

        var catalogs = new CatalogFactory(settings);
        await catalogs.PrepareAsync(cancellationToken);
        await using var catalog = catalogs.Open();
        var count = 0;
        foreach (var key in await catalog.Environments.OrderBy(row => row.Key).Select(row => row.Key).ToListAsync(cancellationToken))
        {
            if (await catalog.Environments.FirstOrDefaultAsync(row => row.Key == key, cancellationToken) is not { } stored)
                continue;
            var signatures = signer.Sign(EnvironmentManifest.Read(stored.Manifest, "the database"), stored.Signatures);
            if (signatures != stored.Signatures)
            {
                stored.Signatures = signatures;
                await catalog.SaveChangesAsync(cancellationToken);
                count++;
            }

            catalog.ChangeTracker.Clear();
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Signed {count} environments with the key {signer.KeyId}."));
        return 0;
    }
}

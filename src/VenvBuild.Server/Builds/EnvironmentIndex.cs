using Microsoft.EntityFrameworkCore;
using VenvBuild.Environments;

namespace VenvBuild.Server;

/// <summary>Writes beside a finished environment what lists and searches need of it. Environments of an older version are read when the server starts.</summary>
internal sealed class EnvironmentIndex(CatalogFactory catalogs) : BackgroundService
{
    private const int AtOnce = 20;

    /// <summary>Sets what is said of an environment, and adds its distributions.</summary>
    public static void Describe(CatalogContext catalog, StoredEnvironment stored, EnvironmentManifest manifest)
    {
        (stored.Platform, stored.Python) = (manifest.Target.Platform.RuntimeIdentifier, manifest.Target.Python + (manifest.Target.IsFreeThreaded ? "t" : ""));
        (stored.LockDigest, stored.Size) = (manifest.Lock?.ToString(), manifest.Layers.Sum(layer => layer.Size));
        var wheels = manifest.Layers.Where(layer => layer.Kind == LayerKind.Wheel).Select(layer => layer.Wheel).ToList();
        stored.Packages = wheels.Count;
        catalog.EnvironmentPackages.AddRange(wheels.Select(wheel => new EnvironmentPackage
        {
            EnvironmentKey = stored.Key,
            Name = wheel.Name.Value,
            SortKey = wheel.Version.SortKey,
            Version = wheel.Version.ToString(),
        }));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await FillAsync(stoppingToken) == AtOnce)
            {
                // There are more.
            }
        }
        catch (Exception e) when (e is OperationCanceledException || CatalogFactory.IsDatabase(e))
        {
            // The server stops, or another one fills in the same rows.
        }
    }

    /// <summary>Describes some of those that are not yet; answers how many.</summary>
    internal async Task<int> FillAsync(CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var some = await catalog.Environments.Where(row => row.Platform == "").Take(AtOnce).ToListAsync(cancellationToken);
        foreach (var stored in some)
            Describe(catalog, stored, EnvironmentManifest.Read(stored.Manifest, "the database"));
        await catalog.SaveChangesAsync(cancellationToken);
        return some.Count;
    }
}

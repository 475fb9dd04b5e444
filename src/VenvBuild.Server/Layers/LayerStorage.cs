namespace VenvBuild.Server;

/// <summary>Which storage the settings ask for.</summary>
internal static class LayerStorage
{
    public static void Add(IServiceCollection services, ServerSettings settings)
    {
        if (settings.Bucket is { } bucket)
        {
            services.AddSingleton(provider => new BucketStorage(bucket, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<ILayerStorage>(provider => provider.GetRequiredService<BucketStorage>());
            if (settings.Role != ServerRole.Web)
                services.AddHostedService<BucketSweep>();
        }
        else
        {
            services.AddSingleton(Of(settings));
        }
    }

    /// <summary>The storage, for a command beside the server.</summary>
    public static ILayerStorage Of(ServerSettings settings) => settings.Bucket is { } bucket ? new BucketStorage(bucket, TimeProvider.System) : new FolderStorage(settings.LayersFolder);
}

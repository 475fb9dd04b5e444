using VenvBuild.Packaging;
using VenvBuild.Resolver;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

/// <summary>The recorded slice of PyPI: real pages, real metadata.</summary>
public sealed class RecordedSlice
{
    [Theory]
    [InlineData]
    [InlineData("--html-only")]
    [InlineData("--no-core-metadata")]
    [InlineData("--faults", "error_rate=0.1,truncate_rate=0.1,drop_rate=0.1,corrupt_rate=0.1,seed=7")]
    public async Task Says_the_same_in_every_mode_of_its_server(params string[] options)
    {
        await using var server = await SliceServer.StartAsync(options);
        await using var world = new World();
        foreach (var isOffline in new[] { false, true })
        {
            await using var source = new PackageIndex(world.Options(server.Simple) with { Offline = isOffline });
            var flask = await NewestAsync(source, "flask");
            Assert.Contains("werkzeug", flask.RequiresDist.Select(requirement => requirement.Name.Value));
            var pandas = await NewestAsync(source, "pandas");
            Assert.Contains("numpy", pandas.RequiresDist.Select(requirement => requirement.Name.Value));
        }
    }

    [Fact]
    public async Task Asks_for_credentials_as_it_is_told()
    {
        await using var server = await SliceServer.StartAsync("--auth", "zoe9:s3cr3t");
        await using var world = new World();
        Assert.Equal(IndexCodes.Unauthorized, (await World.FailureAsync(() => world.VersionsAsync("flask", world.Options(server.Simple)))).Code);
        var url = new UriBuilder(server.Simple) { UserName = "zoe9", Password = "s3cr3t" }.Uri;
        Assert.NotEmpty(await world.VersionsAsync("flask", world.Options(url)));
    }

    [Fact]
    public async Task Is_the_same_in_full_from_the_cache()
    {
        await using var server = await SliceServer.StartAsync("--full");
        await using var world = new World();
        foreach (var name in new[] { "numpy", "boto3", "django" })
        {
            await using var fresh = new PackageIndex(world.Options(server.Simple));
            await using var cached = new PackageIndex(world.Options(server.Simple) with { Offline = true });
            var (one, other) = (await fresh.GetReleasesAsync(World.Name(name), World.Stop), await cached.GetReleasesAsync(World.Name(name), World.Stop));
            Assert.Equal(one.Releases.Select(Describe), other.Releases.Select(Describe));
            Assert.Equal(one.Releases.Order(Comparer<Release>.Create((a, b) => a.Version.CompareTo(b.Version))), one.Releases);
            Assert.True(one.Releases.Count > 100, name);
        }
    }

    [Fact]
    public async Task Is_written_to_the_cache_and_read_back_without_loss()
    {
        await using var server = await SliceServer.StartAsync();
        await using var world = new World();
        await using var fresh = new PackageIndex(world.Options(server.Simple));
        await using var cached = new PackageIndex(world.Options(server.Simple) with { Offline = true });
        var count = 0;
        foreach (var name in new[] { "apache-airflow", "jupyterlab", "ipykernel", "botocore", "fastapi", "pandas", "requests", "urllib3", "trio" })
        {
            foreach (var release in (await fresh.GetReleasesAsync(World.Name(name), World.Stop)).Releases)
            {
                if (!release.Files.Any(file => file.HasCoreMetadata))
                    continue;
                var (one, problem) = await fresh.GetMetadataAsync(release, World.Stop);
                var (other, same) = await cached.GetMetadataAsync(release, World.Stop);
                Assert.Equal(problem, same);
                Assert.Equal(one?.RequiresDist, other?.RequiresDist);
                Assert.Equal(one?.RequiresPython, other?.RequiresPython);
                Assert.Equal(one?.ProvidesExtra, other?.ProvidesExtra);
                count++;
            }
        }

        Assert.True(count > 20, $"{count} releases");
    }

    [Fact]
    public async Task Fetches_ahead_what_a_solve_will_ask_for()
    {
        await using var server = await SliceServer.StartAsync();
        await using var world = new World();
        await using var source = new PackageIndex(world.Options(server.Simple));
        source.Prefetch(World.Name("jupyter"), VersionSpecifiers.Any);
        // The last links of the chain are in the cache when all has been fetched.
        for (var i = 0; i < 1000; i++)
        {
            await using var offline = new PackageIndex(world.Options(server.Simple) with { Offline = true });
            try
            {
                await NewestAsync(offline, "pycparser");
                return;
            }
            catch (DiagnosticException)
            {
                await Task.Delay(20, World.Stop);
            }
        }

        Assert.Fail("Nothing was fetched ahead.");
    }

    private static async Task<CoreMetadata> NewestAsync(PackageIndex source, string name)
    {
        var list = await source.GetReleasesAsync(World.Name(name), World.Stop);
        var release = list.Releases.Last(release => !release.Version.IsPreRelease);
        var answer = await source.GetMetadataAsync(release, World.Stop);
        return answer.Metadata ?? throw new InvalidOperationException(answer.Problem);
    }

    private static string Describe(Release release) => $"{release.Version}: " + string.Join(", ", release.Files.Select(file =>
        $"{file.FileName} {file.Url} {file.Sha256} {file.CoreMetadataSha256} {file.RequiresPython} {file.Size} {file.UploadTime:O} {file.IsYanked} {file.YankedReason} {file.Wheel?.Tags} {file.Version}"));
}

using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Real sdists of the common backends, with build requirements solved and installed from the slice.</summary>
public sealed class SliceSdists(SliceSdists.Served served) : IClassFixture<SliceSdists.Served>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("docopt-0.6.2.tar.gz", true)]
    [InlineData("termcolor-1.1.0.tar.gz", false)]
    [InlineData("sat-stac-0.4.1.tar.gz", false)]
    [InlineData("markupsafe-3.0.3.tar.gz", true)]
    [InlineData("tomli-2.2.1.tar.gz", true)]
    [InlineData("idna-3.10.tar.gz", false)]
    [InlineData("rich-13.9.4.tar.gz", true)]
    [InlineData("pluggy-1.6.0.tar.gz", true)]
    public async Task All_build_and_twice_to_the_same_bytes(string name, bool isBuiltTwice)
    {
        var sdist = SdistFileName.Parse(name);
        // One of them imports a module of the standard library that Python 3.12 dropped.
        var python = (await Pythons.AllAsync()).FirstOrDefault(found => name[0] != 's' || found.Minor < 12);
        Require.That(python is not null, "a CPython older than 3.12");
        var path = Path.Combine(Require.Slice(), "files", name);
        var source = BuildSource.OfSdist(name, sdist.Name, sdist.Version, FileDigest.Of(path, Token), async (stream, token) =>
        {
            await using var file = File.OpenRead(path);
            await file.CopyToAsync(stream, token);
        });
        var index = await served.IndexAsync();

        var said = new List<string>();
        var builder = new WheelBuilder(index, python!, new() { Live = said.Add });
        var built = await Record.ExceptionAsync(() => builder.BuildAsync(source, Token));
        Assert.True(built is null, $"{built?.Message}\n{string.Join('\n', said)}");
        var first = await builder.BuildAsync(source, Token);

        Assert.Equal((sdist.Name, sdist.Version), (first.File.Name, first.File.Version));
        Assert.NotEmpty(first.Pins);
        if (isBuiltTwice)
        {
            File.Delete(first.Path);
            Assert.Equal(first.Sha256, (await builder.BuildAsync(source, Token)).Sha256);
        }

        if (name.StartsWith("markupsafe", StringComparison.Ordinal))
            Assert.DoesNotContain("any", first.File.Tags.Platforms);
    }

    public sealed class Served : IAsyncDisposable
    {
        private readonly TestFolder _folder = new();
        private SliceServer? _server;
        private PackageIndex? _index;

        public async Task<PackageIndex> IndexAsync()
        {
            _server ??= await SliceServer.StartAsync();
            return _index ??= new(new() { Indexes = [new("slice", _server.Simple)], Cache = new(_folder.File("cache")) });
        }

        public async ValueTask DisposeAsync()
        {
            if (_index is not null)
                await _index.DisposeAsync();
            if (_server is not null)
                await _server.DisposeAsync();
            _folder.Dispose();
        }
    }
}

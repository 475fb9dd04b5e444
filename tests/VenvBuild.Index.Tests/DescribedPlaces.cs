using VenvBuild.Packaging;

namespace VenvBuild.Index.Tests;

/// <summary>Places that another machine told of answer as if they were looked at, without their bytes.</summary>
public sealed class DescribedPlaces
{
    private static DescribedFile Told(string name, string version, string root, params string[] requires)
    {
        var fileName = $"{name}-{version}-py3-none-any.whl";
        var wheel = WheelFileName.TryParse(fileName, out var parsed) ? parsed : throw new InvalidOperationException(fileName);
        var file = new IndexFile { FileName = fileName, Url = new($"{root}/{fileName}"), Wheel = wheel, Sha256 = Sha256Digest.Of([1]), Size = 1 };
        var metadata = CoreMetadata.Parse(Wheels.Metadata(name, version, [.. requires.Select(text => "Requires-Dist: " + text)]));
        return new(file, new(metadata));
    }

    [Fact]
    public async Task A_folder_that_was_told_of_offers_its_files_and_their_requirements()
    {
        await using var world = new World();
        var links = FindLinks.Of("wheels", [Told("mine", "1.0", "file:///told", "other>=2"), Told("mine", "2.0", "file:///told")]);
        await using var source = new PackageIndex(world.Options() with { Indexes = [], FindLinks = [links], ExcludeNewer = DateTimeOffset.UnixEpoch });

        var list = await source.GetReleasesAsync(World.Name("mine"), World.Stop);

        Assert.Equal(["1.0", "2.0"], list.Releases.Select(release => release.Version.ToString()));
        var metadata = await source.GetMetadataAsync(list.Releases[0], World.Stop);
        Assert.Equal("other>=2", Assert.Single(metadata.Metadata!.RequiresDist).ToString());
        Assert.Equal(["wheels"], list.Searched);
    }

    [Fact]
    public async Task An_index_that_was_told_of_is_not_asked_and_a_project_that_was_left_out_ends_the_solve()
    {
        await using var world = new World();
        var told = new IndexLocation("corp", new("https://inside.example/simple"))
        {
            Described = new Dictionary<PackageName, IReadOnlyList<DescribedFile>>
            {
                [World.Name("mine")] = [Told("mine", "1.0", "https://inside.example/files")],
                [World.Name("absent")] = [],
            },
        };
        await using var source = new PackageIndex(world.Options() with { Indexes = [told] });

        var list = await source.GetReleasesAsync(World.Name("mine"), World.Stop);
        Assert.Equal("https://inside.example/simple", list.Index?.AbsoluteUri);
        Assert.NotNull((await source.GetMetadataAsync(list.Releases[0], World.Stop)).Metadata);
        Assert.Empty((await source.GetReleasesAsync(World.Name("absent"), World.Stop)).Releases);
        var refusal = await Assert.ThrowsAsync<UndescribedProjectException>(async () => await source.GetReleasesAsync(World.Name("other"), World.Stop));
        Assert.Equal(("corp", "other"), (refusal.Index, refusal.Project.Value));
    }
}

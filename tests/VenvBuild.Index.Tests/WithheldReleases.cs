using VenvBuild.Resolver;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

/// <summary>What is there and is not offered: facts for those who explain a refusal.</summary>
public sealed class WithheldReleases
{
    [Fact]
    public async Task Of_an_index_that_comes_later_are_told_with_its_name()
    {
        await using var world = new World();
        await using var second = new LoopbackIndex();
        world.AddWheel("demo", "1.0");
        world.AddWheel("demo", "2.0", index: second);
        var options = world.Options() with { Indexes = [new("corp", world.Index.Simple), new("public", second.Simple)] };
        var withheld = Assert.Single(await WithheldAsync(options));
        Assert.Equal((WithheldReason.LaterIndex, "public", "2.0"), (withheld.Reason, withheld.Place, withheld.Release.Version.ToString()));
    }

    [Fact]
    public async Task Are_not_asked_of_others_where_an_index_claims_the_name()
    {
        await using var world = new World();
        await using var second = new LoopbackIndex();
        world.AddWheel("demo", "1.0");
        world.AddWheel("demo", "2.0", index: second);
        var options = world.Options() with { Indexes = [new("corp", world.Index.Simple, NamePattern.Parse("dem*")), new("public", second.Simple)] };
        Assert.Empty(await WithheldAsync(options));
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task Of_an_index_that_is_asked_for_other_names_only_are_told()
    {
        await using var world = new World();
        await using var second = new LoopbackIndex();
        world.AddWheel("demo", "1.0");
        var options = world.Options() with { Indexes = [new("corp", world.Index.Simple, NamePattern.Parse("corp-*")), new("public", second.Simple)] };
        Assert.Equal(WithheldReason.NamePattern, Assert.Single(await WithheldAsync(options)).Reason);
    }

    [Fact]
    public async Task That_were_published_too_late_are_told_with_the_day()
    {
        await using var world = new World();
        world.Index.Add(world.AddWheel("demo", "1.0") with { UploadTime = "2026-01-01T00:00:00Z" });
        world.AddWheel("other", "1.0");
        var options = world.Options() with { ExcludeNewer = new(2025, 12, 31, 0, 0, 0, TimeSpan.Zero) };
        var withheld = (await WithheldAsync(options))[0];
        Assert.Equal(WithheldReason.TooNew, withheld.Reason);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), withheld.Published);
        Assert.NotEmpty(withheld.Release.Files);
    }

    [Fact]
    public async Task Are_told_with_the_day_of_the_first_file_that_is_too_late()
    {
        await using var world = new World();
        var wheel = world.AddWheel("demo", "1.0");
        world.Index.Add(wheel with { FileName = "demo-1.0-cp311-none-any.whl", UploadTime = "2025-12-01T00:00:00Z" });
        world.Index.Add(wheel with { FileName = "demo-1.0-cp312-none-any.whl", UploadTime = "2026-02-01T00:00:00Z" });
        DateTimeOffset until = new(2025, 12, 31, 0, 0, 0, TimeSpan.Zero);
        var withheld = Assert.Single(await WithheldAsync(world.Options() with { ExcludeNewer = until }));
        Assert.Equal((new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), until), (withheld.Published, withheld.PublishedUntil));
    }

    private static async Task<IReadOnlyList<WithheldRelease>> WithheldAsync(IndexOptions options)
    {
        await using var source = new PackageIndex(options);
        return await source.GetWithheldAsync(World.Name("demo"), World.Stop);
    }
}

using System.Net;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

/// <summary>Where addresses are guarded, nothing leads to one that is not allowed: not the URL, not a redirect, not a name that resolves to it.</summary>
public sealed class GuardedAddresses
{
    private static bool NotLoopback(DnsEndPoint host, IPAddress address) => !IPAddress.IsLoopback(address);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_host_whose_address_is_not_allowed_is_not_connected_to(string host)
    {
        await using var world = new World();
        world.AddWheel("thing", "1.0");
        var url = new UriBuilder(world.Index.Simple) { Host = host }.Uri;

        var failure = await World.FailureAsync(() => world.VersionsAsync("thing", world.Options(url) with { MayConnect = NotLoopback }));

        Assert.Equal(IndexCodes.ForbiddenAddress, failure.Code);
        Assert.Empty(world.Index.Requests);
    }

    [Fact]
    public async Task A_redirect_does_not_lead_around_the_guard()
    {
        await using var world = new World();
        await using var inner = new LoopbackIndex();
        world.Index.Always("/simple/thing/", LoopbackAnswer.OfStatus(302, ("Location", new Uri(inner.Root, "simple/thing/").AbsoluteUri)));

        var options = world.Options() with { MayConnect = (host, _) => host.Port == world.Index.Root.Port };
        var failure = await World.FailureAsync(() => world.VersionsAsync("thing", options));

        Assert.Equal(IndexCodes.ForbiddenAddress, failure.Code);
        Assert.Empty(inner.Requests);
    }

    [Fact]
    public async Task An_allowed_address_is_spoken_to_as_ever()
    {
        await using var world = new World();
        world.AddWheel("thing", "1.0");

        Assert.Equal(["1.0"], await world.VersionsAsync("thing", world.Options() with { MayConnect = (_, address) => IPAddress.IsLoopback(address) }));
    }
}

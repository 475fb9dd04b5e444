using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

public sealed class Refusals
{
    [Fact]
    public async Task Name_the_requests_that_exclude_each_other()
    {
        var universe = new Universe().Add("a 1.0", "c<2").Add("b 1.0", "c>=2").Add("c 1.0").Add("c 2.0");
        Assert.Equal(
            "Because you require a and b, a 1.0 depends on c<2, and b 1.0 depends on c>=2, the requests cannot be satisfied.",
            await Detail(universe, "a", "b"));
    }

    [Fact]
    public async Task Say_that_no_version_is_new_enough()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0");
        Assert.Equal("Because you require a>=3, and there is no such version (the newest is 2.0), the requests cannot be satisfied.", await Detail(universe, "a>=3"));
    }

    [Fact]
    public async Task Say_that_no_index_has_the_name()
    {
        var refusal = await Assert.ThrowsAsync<UnsatisfiableException>(() => new Universe().ResolveAsync("nowhere"));
        Assert.Equal(ExitCode.Unsatisfiable, refusal.ExitCode);
        Assert.Equal("PYENV1302", refusal.Diagnostics[0].Code);
        Assert.Contains("https://index.test/simple", refusal.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_the_platform_that_lacks_a_wheel()
    {
        var universe = new Universe().Add("a 1.0", null, ["cp311-cp311-win_amd64"], false);
        var refusal = await Assert.ThrowsAsync<UnsatisfiableException>(() => universe.ResolveAsync("a"));
        Assert.Contains("a 1.0 cannot be used on linux-x64, Python 3.11 (it has no wheel that fits, only for Windows x86-64)", refusal.Diagnostics[0].Detail, StringComparison.Ordinal);
    }

    private static async Task<string?> Detail(Universe universe, params string[] requirements) =>
        (await Assert.ThrowsAsync<UnsatisfiableException>(() => universe.ResolveAsync(requirements))).Diagnostics[0].Detail;
}

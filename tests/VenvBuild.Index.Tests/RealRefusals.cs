using VenvBuild.Packaging;
using VenvBuild.Resolver;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

/// <summary>Refusals over the recorded slice of PyPI, as a person reads them.</summary>
public sealed class RealRefusals(RealRefusals.Slice slice) : IClassFixture<RealRefusals.Slice>
{
    [Theory]
    [InlineData("boto3 and an old urllib3", "3.11", "boto3>=1.40", "urllib3<1.25.4")]
    [InlineData("fastapi and an old starlette", "3.11", "starlette<=0.36.0", "fastapi>=0.115")]
    [InlineData("django on an old Python", "3.9 3.11", "django>=6")]
    [InlineData("an extra that is far from its conflict", "3.11", "requests[socks]>=2.32", "urllib3<1.21")]
    [InlineData("jupyter with an old tornado", "3.12", "jupyter>=1.1", "tornado<6", "jupyterlab>=4")]
    [InlineData("pandas for a Python of tomorrow", "3.11 3.15", "pandas<2")]
    public async Task Are_worth_reading(string name, string minors, params string[] requirements)
    {
        var server = await slice.Server.Value;
        await using var world = new World();
        await using var source = new PackageIndex(world.Options(server.Simple));
        var request = new ResolutionRequest
        {
            Environments = [.. from minor in minors.Split(' ') select Environment("linux-x64", PythonMinor.Parse(minor))],
            Requirements = [.. requirements.Select(Requirement.Parse)],
        };
        var refusal = await Assert.ThrowsAsync<UnsatisfiableException>(() => PackageResolver.ResolveAsync(request, source, World.Stop));
        var diagnostic = Assert.Single(refusal.Diagnostics);
        Snapshot.Match(
            $"{diagnostic.Message}\n{string.Concat((diagnostic.Detail ?? "").Split('\n').Select(line => $"    {line}\n"))}  -> {diagnostic.Remedy}",
            Path.Combine("RealRefusals", name));
    }

    private static ResolutionEnvironment Environment(string platform, PythonMinor minor)
    {
        var target = new Target(Platform.Parse(platform), minor);
        var representative = target.ToMarkerEnvironment(minor.FirstRelease);
        var region = MarkerSet.ForPython(minor.Versions)
            .And(MarkerSet.ForField(MarkerFields.SysPlatform, representative.SysPlatform))
            .And(MarkerSet.ForField(MarkerFields.PlatformMachine, representative.PlatformMachine));
        return new($"{platform}, Python {minor}", region, representative, minor.Versions, [target]);
    }

    /// <summary>One server for all, started by the first that needs it, so that a machine without the slice skips.</summary>
    public sealed class Slice : IAsyncDisposable
    {
        internal Lazy<Task<SliceServer>> Server { get; } = new(() => SliceServer.StartAsync());

        public async ValueTask DisposeAsync()
        {
            if (Server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
                await (await Server.Value).DisposeAsync();
        }
    }
}

using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>What an environment is held against before anybody sees it, and when it is looked at again.</summary>
public sealed class ConsistentEnvironments : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly MemorySource _source = new();
    private readonly List<Diagnostic> _remarks = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("other", "needs other, which is not there")]
    [InlineData("base>=2", "needs base>=2, and 1.0 is there")]
    [InlineData("base<2; python_version < '3'", null)]
    [InlineData("other; extra == 'more'", null)]
    [InlineData("base", null)]
    [InlineData("base[none]>=0.5,!=1.1", null)]
    public async Task Each_distribution_has_what_it_says_that_it_needs(string requirement, string? fault)
    {
        if (fault is null)
        {
            await SyncAsync(requirement, []);
            return;
        }

        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => SyncAsync(requirement, []));

        Assert.Equal((ExitCode.Integrity, EnvironmentCodes.Inconsistent), (refused.ExitCode, refused.Diagnostics[0].Code));
        Assert.Equal($"top 1.0 {fault}.", refused.Diagnostics[0].Message);
        Assert.False(Directory.Exists(_folder.File("env")));
        await SyncAsync(requirement, [PackageName.Parse("base"), PackageName.Parse("other")]);
        Assert.Contains(_remarks, remark => remark.Severity == DiagnosticSeverity.Warning && remark.Code == EnvironmentCodes.Inconsistent && remark.Message.Contains("overrides", StringComparison.Ordinal));
        Directory.Delete(_folder.File("env"), recursive: true);
        await SyncAsync(requirement, null);
    }

    [Fact]
    public async Task A_distribution_for_another_Python_is_refused()
    {
        var python = await Pythons.BestAsync();
        var plan = Pythons.Plan(python, _source.Plan(new WheelMaker("old") { RequiresPython = "<3" }.Module("old")));

        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => new EnvironmentInstaller(_folder.File("cache"))
            .SyncAsync(plan, python, _folder.File("env"), _source, new() { Overridden = [] }, cancellationToken: Token));

        Assert.Equal($"old 1.0 runs on Python <3, and this is {python.Version}.", refused.Diagnostics[0].Message);
    }

    [Fact]
    public async Task Another_way_of_linking_makes_it_again()
    {
        await SyncAsync("base", [], LinkMode.Copy);
        Assert.False((await SyncAsync("base", [], LinkMode.Copy)).HasChanged);

        Assert.True((await SyncAsync("base", [], LinkMode.Symlink)).HasChanged);

        Assert.NotNull(new FileInfo(Directory.GetFiles(_folder.File("env"), "__init__.py", SearchOption.AllDirectories).First(path => path.Contains("top", StringComparison.Ordinal))).LinkTarget);
    }

    [Fact]
    public async Task Other_checks_run_in_it_as_it_is_and_what_a_failing_one_said_is_kept_whole()
    {
        var count = _folder.File("count");
        string Check(string name, string more = "") => $"python -c \"open('{count}', 'a').write('{name}'){more}\"";
        await SyncAsync("base", [], checks: [Check("a")]);
        await SyncAsync("base", [], checks: [Check("a")]);
        Assert.Equal("a", await File.ReadAllTextAsync(count, Token));

        Assert.False((await SyncAsync("base", [], checks: [Check("a"), Check("b")])).HasChanged);
        Assert.False((await SyncAsync("base", [], checks: [Check("a"), Check("b")])).HasChanged);
        Assert.Equal("aab", await File.ReadAllTextAsync(count, Token));
        Assert.Empty(Directory.GetFiles(_folder.File("cache", "logs-v1")));

        var failing = Check("c", "; [print('line', i) for i in range(20000)]; raise SystemExit(3)");
        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => SyncAsync("base", [], checks: [failing]));
        var log = Directory.GetFiles(_folder.File("cache", "logs-v1")).Single();
        Assert.Contains(log, refused.Diagnostics[0].Remedy, StringComparison.Ordinal);
        Assert.Contains("left as it is", refused.Diagnostics[0].Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("line 0\n", refused.Diagnostics[0].Detail, StringComparison.Ordinal);
        Assert.Equal(20000, (await File.ReadAllLinesAsync(log, Token)).Length);
        // It did not go well, so it runs again; those that did are still those of the environment.
        await Assert.ThrowsAsync<DiagnosticException>(() => SyncAsync("base", [], checks: [failing]));
        await SyncAsync("base", [], checks: [Check("a"), Check("b")]);
        Assert.Equal("aabcc", await File.ReadAllTextAsync(count, Token));
    }

    [Fact]
    public async Task Tests_can_be_left_out_and_RECORD_does_not_list_them()
    {
        var python = await Pythons.BestAsync();
        var wheel = new WheelMaker("tested").Module("tested").File("tested/tests/test_it.py", "").File("tested/latest/data.txt", "");
        var plan = new EnvironmentPlan(python.ToTarget(), [_source.Plan(wheel)], hasBytecode: true);

        await new EnvironmentInstaller(_folder.File("cache")).SyncAsync(plan, python, _folder.File("env"), _source, new() { WithoutTests = true }, cancellationToken: Token);

        var paths = Directory.GetFiles(_folder.File("env"), "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(paths, path => path.Contains("test_it", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.EndsWith("data.txt", StringComparison.Ordinal));
        var record = await File.ReadAllTextAsync(paths.First(path => path.EndsWith("RECORD", StringComparison.Ordinal)), Token);
        Assert.DoesNotContain("test_it", record, StringComparison.Ordinal);
        Assert.True((await new EnvironmentInstaller(_folder.File("cache")).SyncAsync(plan, python, _folder.File("env"), _source, cancellationToken: Token)).HasChanged);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<SyncResult> SyncAsync(string requirement, PackageName[]? overridden, LinkMode link = LinkMode.Auto, string[]? checks = null)
    {
        var python = await Pythons.BestAsync();
        var plan = Pythons.Plan(python, _source.Plan(new WheelMaker("base").Module("base")), _source.Plan(new WheelMaker("top").Module("top").Requires(requirement)));
        var options = new SyncOptions { Overridden = overridden, Link = link, Checks = EnvironmentCheck.Of(checks ?? []), Remark = _remarks.Add };
        return await new EnvironmentInstaller(_folder.File("cache")).SyncAsync(plan, python, _folder.File("env"), _source, options, cancellationToken: Token);
    }
}

using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

public sealed class PlanningEnvironments
{
    private static readonly Target Here = new(Platform.Parse("linux-x64"), new PythonMinor(3, 11));

    [Fact]
    public void The_key_is_over_the_plan_and_nothing_else()
    {
        var source = new MemorySource();
        var (a, b) = (source.Plan(new WheelMaker("a").Module("a")), source.Plan(new WheelMaker("b").Module("b")));
        var key = new EnvironmentPlan(Here, [a, b]).Key;
        Assert.True(Here.Platform.TryWithFloor(new PlatformFloor(2, 36), out var newer));

        Assert.Equal(key, new EnvironmentPlan(Here, [b, a]).Key);
        Assert.Equal(key, new EnvironmentPlan(Here, [a with { Url = new Uri("https://elsewhere.example/a.whl"), Size = null }, b]).Key);
        Assert.Equal(key, new EnvironmentPlan(new Target(newer, Here.Python), [a, b]).Key);
        EnvironmentKey[] others =
        [
            key,
            new EnvironmentPlan(Here, [a]).Key,
            new EnvironmentPlan(Here, [a, source.Plan(new WheelMaker("b").Module("b", 1))]).Key,
            new EnvironmentPlan(Here, [a, b], hasBytecode: true).Key,
            new EnvironmentPlan(new Target(Here.Platform, new PythonMinor(3, 12)), [a, b]).Key,
            new EnvironmentPlan(new Target(Platform.Parse("linux-musl-x64"), Here.Python), [a, b]).Key,
            new EnvironmentPlan(new Target(Platform.Parse("linux-x64"), new PythonMinor(3, 13)), [a, b]).Key,
            new EnvironmentPlan(new Target(Platform.Parse("linux-x64"), new PythonMinor(3, 13), isFreeThreaded: true), [a, b]).Key,
        ];
        Assert.Equal(others.Length, others.Distinct().Count());
        Assert.Matches("^[0-9a-f]{64}$", key.ToString());
    }

    [Fact]
    public void Two_wheels_of_one_distribution_are_no_plan()
    {
        var source = new MemorySource();
        Assert.Throws<ArgumentException>(() => new EnvironmentPlan(Here, [source.Plan(new WheelMaker("a")), source.Plan(new WheelMaker("a", "2.0"))]));
    }

    [Fact]
    public async Task A_lock_is_planned_with_its_groups_for_the_interpreter_at_hand()
    {
        var python = await Pythons.BestAsync();
        var document = new LockDocument
        {
            CreatedBy = "tests",
            DependencyGroups = ["test"],
            Packages =
            [
                Pin("always", null),
                Pin("elsewhere", "sys_platform == 'plan9'"),
                Pin("testing", "'test' in dependency_groups"),
            ],
        };

        Assert.Equal(["always"], Names(EnvironmentPlan.Of(document, python)));
        Assert.Equal(["always", "testing"], Names(EnvironmentPlan.Of(document, python, groups: [ExtraName.Parse("test")])));

        static IEnumerable<string> Names(EnvironmentPlan plan) => plan.Wheels.Select(w => w.Name.Value);
    }

    [Fact]
    public async Task A_pin_without_a_wheel_or_a_SHA256_is_refused_by_name()
    {
        var python = await Pythons.BestAsync();
        var sdist = new LockedPackage { Name = PackageName.Parse("built"), Version = PackageVersion.Parse("1"), Sdist = new LockedFile { Name = "built-1.tar.gz", Hashes = LockedHashes.OfSha256(new string('0', 64)) } };
        var weak = Pin("weak", null) with { Wheels = [new LockedFile { Name = "weak-1.0-py3-none-any.whl", Wheel = WheelFileName.Parse("weak-1.0-py3-none-any.whl"), Hashes = new LockedHashes([new("md5", "00")]) }] };

        foreach (var (pin, code) in new[] { (sdist, EnvironmentCodes.NotAWheel), (weak, EnvironmentCodes.DigestMissing) })
        {
            var refused = Assert.Throws<DiagnosticException>(() => EnvironmentPlan.Of(new LockDocument { CreatedBy = "tests", Packages = [pin] }, python));
            Assert.Equal(code, refused.Diagnostics[0].Code);
            Assert.Contains(pin.Name.Value, refused.Diagnostics[0].Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wheel_that_was_asked_for_by_address_is_planned_at_that_address()
    {
        var python = await Pythons.BestAsync();
        var url = new Uri("https://host.example/lib-1.0-py3-none-any.whl");
        var archive = new LockedArchive { Url = url, Hashes = LockedHashes.OfSha256(new string('0', 64)), Size = 7 };
        var pin = new LockedPackage { Name = PackageName.Parse("lib"), Version = PackageVersion.Parse("1.0"), Archive = archive };

        var wheel = Assert.Single(EnvironmentPlan.Of(new LockDocument { CreatedBy = "tests", Packages = [pin] }, python).Wheels);
        Assert.Equal((true, url, (long?)7), (wheel.IsDirect, wheel.Url, wheel.Size));
    }

    [Fact]
    public void Launchers_of_windows_hold_no_path_and_start_the_interpreter_beside_them()
    {
        var executable = WindowsLauncher.Of(new EntryPoint("tool", "pkg.mod", "main", IsGui: true), "MZ-launcher"u8.ToArray());

        Assert.StartsWith("MZ-launcher#!\"<launcher_dir>\\pythonw.exe\"\n", System.Text.Encoding.Latin1.GetString(executable), StringComparison.Ordinal);
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(executable));
        using var main = new StreamReader(zip.GetEntry("__main__.py")!.Open());
        Assert.Contains("from pkg.mod import main", main.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_launchers_are_found_in_the_interpreters_own_pip()
    {
        var python = await Pythons.BestAsync();
        Require.That(Directory.Exists(Path.Combine(python.StandardLibrary, "ensurepip", "_bundled")), "a Python with ensurepip's wheels");

        Assert.StartsWith("MZ", System.Text.Encoding.Latin1.GetString(WindowsLauncher.Find([python.StandardLibrary], [], "AMD64", isGui: false)!), StringComparison.Ordinal);
        Assert.Null(WindowsLauncher.Find(["nowhere"], [], "AMD64", isGui: false));
    }

    private static LockedPackage Pin(string name, string? marker) => new()
    {
        Name = PackageName.Parse(name),
        Version = PackageVersion.Parse("1.0"),
        Marker = marker is null ? null : Marker.Parse(marker),
        Wheels = [new LockedFile { Name = $"{name}-1.0-py3-none-any.whl", Wheel = WheelFileName.Parse($"{name}-1.0-py3-none-any.whl"), Hashes = LockedHashes.OfSha256(Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(name)).ToString()) }],
    };
}

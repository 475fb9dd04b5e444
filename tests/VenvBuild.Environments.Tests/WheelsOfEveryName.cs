using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Wheels with names put together by chance from what has ever misled an installer: whatever is taken stays inside.</summary>
public sealed class WheelsOfEveryName
{
    private static readonly string[] Parts =
    [
        "..", ".", "", "a", "A", "b", "__init__.py", "C:", "con", "NUL.txt", "com1", "a.", "a ", " a", "\u00e9", "e\u0301", "\\", "..\\..", "%2e%2e", "%2f", "bin", "BIN", "python", "python3",
        "lib64", "lib", "Scripts", "\u202egpj", "a\0b", "a\nb", "~", "$HOME", "*", "-rf", "pyvenv.cfg", ".venvbuild.json", "\ufeff", "\uff0e\uff0e", "\u2215", "a:b", "site-packages", "...", "....", "\u200b",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    [Fact]
    public async Task Write_nothing_outside_the_store_and_the_environment()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var (taken, refused) = (0, 0);
        var name = Gen.Select(OneOf("", "", "/", "probe-1.0.data/scripts/", "probe-1.0.data/data/", "probe-1.0.data/headers/", "probe-1.0.data/purelib/", "probe-1.0.data/platlib/", "probe-1.0.data/", "probe/"),
            OneOf(Parts).Array[1, 4], (prefix, parts) => prefix + string.Join('/', parts));
        var wheels = Gen.Select(name.Array[1, 3], OneOf("tool", "../tool", "python", "activate", "a/b", "..", "con", "tool.exe", "t\0l", "C:tool"));
        await wheels.SampleAsync(
            async (names, command) =>
            {
                var root = folder.File(Guid.NewGuid().ToString("N"), "deep", "er");
                var maker = new WheelMaker("probe").Module("probe").Script(command, "probe:main");
                foreach (var path in names)
                    maker.File(path, path);
                var source = new MemorySource();
                var cache = Path.Combine(root, "cache");
                try
                {
                    await new EnvironmentInstaller(cache).SyncAsync(Pythons.Plan(python, source.Plan(maker)), python, Path.Combine(root, "env"), source, cancellationToken: Token);
                    Interlocked.Increment(ref taken);
                }
                catch (DiagnosticException refusal)
                {
                    Interlocked.Increment(ref refused);
                    Assert.StartsWith("PYENV16", refusal.Diagnostics[0].Code, StringComparison.Ordinal);
                    Assert.False(Directory.Exists(Path.Combine(root, "env")));
                    Assert.DoesNotContain(Directory.GetFiles(cache, "*", SearchOption.AllDirectories), path => path.Contains("/.staging/", StringComparison.Ordinal));
                }

                // Only the store and the environment, all the way up to the test's own folder.
                Assert.All(Directory.GetFileSystemEntries(root), path => Assert.True(Path.GetFileName(path) is "cache" or "env", path));
                Assert.Equal(["er"], Directory.GetFileSystemEntries(Path.GetDirectoryName(root)!).Select(Path.GetFileName));
                Assert.Equal(["deep"], Directory.GetFileSystemEntries(Path.GetDirectoryName(Path.GetDirectoryName(root)!)!).Select(Path.GetFileName));
                Assert.All(Directory.GetFileSystemEntries(cache), path => Assert.True(Path.GetFileName(path) is "layers" or "leases" or "environments" or "native", path));
                FolderRemoval.Remove(Path.GetDirectoryName(Path.GetDirectoryName(root)!)!);
            },
            iter: 400, threads: 1);
        Assert.True(taken > 0 && refused > 0, $"{taken} taken, {refused} refused");
    }
}

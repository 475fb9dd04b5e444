using System.Formats.Tar;
using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Archives of interpreters: their names, and what is refused in them.</summary>
public sealed class PythonArchives
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static TheoryData<string, Action<TarWriter>> Corpus { get; } = new()
    {
        { "an absolute path", tar => tar.File("/etc/evil") },
        { "a path outside the folder", tar => tar.File("evil") },
        { "a folder that only begins alike", tar => tar.File("python-evil/x") },
        { "a path that climbs", tar => tar.File("python/../evil") },
        { "a path that climbs deep", tar => tar.File("python/lib/../../../evil") },
        { "a path of dots", tar => tar.File("python/./evil") },
        { "a doubled slash", tar => tar.File("python//evil") },
        { "a backslash", tar => tar.File("python/..\\evil") },
        { "a line break", tar => tar.File("python/a\nb") },
        { "a deep path", tar => tar.File("python/" + string.Concat(Enumerable.Repeat("d/", 40)) + "x") },
        { "a file twice", tar => { tar.File("python/a"); tar.File("python/a"); } },
        { "a file over a folder", tar => { tar.File("python/a/b"); tar.File("python/a"); } },
        { "a file in a file", tar => { tar.File("python/a"); tar.File("python/a/b"); } },
        { "a link to an absolute path", tar => tar.Link("python/a", "/etc/passwd") },
        { "a link that climbs out", tar => tar.Link("python/a", "../../etc") },
        { "a link that climbs out of a folder", tar => tar.Link("python/lib/a", "../../etc") },
        { "a link that climbs in its middle", tar => tar.Link("python/a", "lib/../../../etc") },
        { "a link that is the folder itself", tar => tar.Link("python", "/tmp") },
        { "a file through a link", tar => { tar.Link("python/a", "lib"); tar.File("python/a/evil"); } },
        { "a link through a link", tar => { tar.Link("python/lib/a", ".."); tar.Link("python/lib/a/b", "../lib"); } },
        { "a link over a file", tar => { tar.File("python/a"); tar.Link("python/a", "b"); } },
        { "a link over a folder", tar => { tar.File("python/a/b"); tar.Link("python/a", "lib"); } },
        { "a hard link outside", tar => tar.Entry(TarEntryType.HardLink, "python/a", "/etc/passwd") },
        { "a hard link to nothing", tar => tar.Entry(TarEntryType.HardLink, "python/a", "python/b") },
        { "a pipe", tar => tar.Entry(TarEntryType.Fifo, "python/a", null) },
        { "a device", tar => tar.Entry(TarEntryType.CharacterDevice, "python/a", null) },
        { "a disk", tar => tar.Entry(TarEntryType.BlockDevice, "python/a", null) },
    };

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Hostile_ones_are_refused_and_write_nothing_outside(string what, Action<TarWriter> harm)
    {
        using var folder = new TestFolder();
        var target = Directory.CreateDirectory(folder.File("a", "b", "target")).FullName;

        var refused = Assert.Throws<DiagnosticException>(() => Unpack(HostileTar.Pack("python/lib/first.py", harm), target));

        Assert.Equal(InterpreterCodes.ArchiveRefused, refused.Diagnostics[0].Code);
        Assert.NotNull(refused.Diagnostics[0].Remedy);
        Assert.Equal(["target"], Directory.GetFileSystemEntries(folder.File("a", "b")).Select(Path.GetFileName));
        Assert.Equal(["b"], Directory.GetFileSystemEntries(folder.File("a")).Select(Path.GetFileName));
        Assert.NotNull(what);
    }

    [Fact]
    public void Damaged_ones_are_refused()
    {
        using var folder = new TestFolder();
        var whole = HostileTar.Pack("python/lib/first.py", tar => tar.File("python/a", new string('x', 5000)));
        foreach (var wrong in new[] { whole[..(whole.Length / 2)], Encoding.ASCII.GetBytes("no archive"), [.. whole[..15], 1, 2, 3] })
        {
            var refused = Assert.Throws<DiagnosticException>(() => Unpack(wrong, Directory.CreateDirectory(folder.File(Guid.NewGuid().ToString())).FullName));
            Assert.Equal(InterpreterCodes.ArchiveRefused, refused.Diagnostics[0].Code);
        }
    }

    [Fact]
    public void Honest_ones_come_out_as_they_went_in()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes and links are those of POSIX");
        using var folder = new TestFolder();
        var archive = HostileTar.Pack("python/lib/first.py", tar =>
        {
            tar.Entry(TarEntryType.Directory, "python/", null);
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "python/bin/python3.12") { Mode = (UnixFileMode)0b111_101_101, DataStream = new MemoryStream("run"u8.ToArray()) });
            tar.Link("python/bin/python3", "python3.12");
            tar.Link("python/share/man", "../lib/man");
            tar.File("python/share/terminfo/9/9:term", "t");
            tar.File("python/share/terminfo/E/eterm", "t");
            tar.File("python/share/terminfo/e/eterm", "t");
            tar.Entry(TarEntryType.HardLink, "python/share/terminfo/e/other", "python/share/terminfo/e/eterm");
        });

        var files = Unpack(archive, folder.Path);

        Assert.Equal(["bin/python3.12", "lib/first.py", "share/terminfo/9/9:term", "share/terminfo/E/eterm", "share/terminfo/e/eterm", "share/terminfo/e/other"], files.Select(file => file.Path));
        Assert.Equal("run", File.ReadAllText(folder.File("bin", "python3")));
        Assert.Equal("python3.12", new FileInfo(folder.File("bin", "python3")).LinkTarget);
        Assert.Equal("t", File.ReadAllText(folder.File("share", "terminfo", "e", "other")));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(folder.File("bin", "python3.12")).HasFlag(UnixFileMode.UserExecute));
        Assert.All(files, file => Assert.Equal(file.Sha256, FileDigest.Of(folder.File(file.Path.Split('/')), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Names_say_what_they_hold()
    {
        Assert.True(PythonArchive.TryParse($"{Digest}  cpython-3.13.1+20260101-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz", out var plain));
        Assert.True(PythonArchive.TryParse($"{Digest} *cpython-3.14.0rc2+20260101-aarch64-apple-darwin-freethreaded-install_only.tar.gz", out var threads));

        Assert.Equal(("3.13.1", "20260101", "x86_64-unknown-linux-gnu", false, true), (plain.Version.ToString(), plain.Release, plain.Triple, plain.IsFreeThreaded, plain.IsStripped));
        Assert.Equal(("3.14.0rc2", "aarch64-apple-darwin", true, false), (threads.Version.ToString(), threads.Triple, threads.IsFreeThreaded, threads.IsStripped));
        Assert.True(plain.IsOfVersion("3.13") && plain.IsOfVersion("3.13.1") && plain.IsOfVersion("3") && !plain.IsOfVersion("3.1") && !plain.IsOfVersion("3.13t"));
        Assert.True(threads.IsOfVersion("3.14t") && !threads.IsOfVersion("3.14"));
        foreach (var other in new[] { "cpython-3.13.1+20260101-x86_64-unknown-linux-gnu-debug-full.tar.zst", "cpython-3.13.1+2026-x86_64-unknown-linux-gnu-install_only.tar.gz", "pypy-3.11-install_only.tar.gz", "cpython-3.13.1+20260101-../../x-install_only.tar.gz", "cpython-../x+20260101-a-install_only.tar.gz" })
            Assert.False(PythonArchive.TryParse($"{Digest}  {other}", out _), other);
    }

    private static IReadOnlyList<(string Path, long Size, Sha256Digest Sha256)> Unpack(byte[] packed, string folder)
    {
        Assert.True(PythonArchive.TryParse($"{Digest}  cpython-3.13.1+20260101-x86_64-unknown-linux-gnu-install_only.tar.gz", out var archive));
        using var stream = new MemoryStream(packed);
        return new PythonUnpacker(archive, folder).Unpack(stream, TestContext.Current.CancellationToken);
    }

}

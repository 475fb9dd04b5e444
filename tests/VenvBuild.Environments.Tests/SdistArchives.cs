using System.Formats.Tar;
using System.IO.Compression;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Source distributions: what comes out of them, and what is refused in them.</summary>
public sealed class SdistArchives
{
    public static TheoryData<string, Action<TarWriter>> Corpus { get; } = new()
    {
        { "an absolute path", tar => tar.File("/etc/evil") },
        { "a second folder", tar => tar.File("evil/x") },
        { "a file beside the folder", tar => tar.File("evil") },
        { "a path that climbs", tar => tar.File("pkg-1.0/../evil") },
        { "a path that climbs and returns", tar => tar.File("pkg-1.0/a/../../pkg-1.0/b") },
        { "a path of dots", tar => tar.File("pkg-1.0/./evil") },
        { "a doubled slash", tar => tar.File("pkg-1.0//evil") },
        { "a backslash", tar => tar.File("pkg-1.0/..\\evil") },
        { "a line break", tar => tar.File("pkg-1.0/a\nb") },
        { "a deep path", tar => tar.File("pkg-1.0/" + string.Concat(Enumerable.Repeat("d/", 40)) + "x") },
        { "a file twice", tar => { tar.File("pkg-1.0/a"); tar.File("pkg-1.0/a"); } },
        { "a file over a folder", tar => { tar.File("pkg-1.0/a/b"); tar.File("pkg-1.0/a"); } },
        { "a link to an absolute path", tar => tar.Entry(TarEntryType.SymbolicLink, "pkg-1.0/a", "/etc/passwd") },
        { "a link that climbs out", tar => tar.Entry(TarEntryType.SymbolicLink, "pkg-1.0/a", "../../etc") },
        { "a link to a drive", tar => tar.Entry(TarEntryType.SymbolicLink, "pkg-1.0/a", "c:/x") },
        { "a link that is the folder itself", tar => tar.Entry(TarEntryType.SymbolicLink, "pkg-1.0", "/tmp") },
        { "a file through a link", tar => { tar.Entry(TarEntryType.SymbolicLink, "pkg-1.0/a", "lib"); tar.File("pkg-1.0/a/evil"); } },
        { "a hard link outside", tar => tar.Entry(TarEntryType.HardLink, "pkg-1.0/a", "/etc/passwd") },
        { "a hard link through a climb", tar => tar.Entry(TarEntryType.HardLink, "pkg-1.0/a", "pkg-1.0/../../etc/passwd") },
        { "a pipe", tar => tar.Entry(TarEntryType.Fifo, "pkg-1.0/a", null) },
        { "a device", tar => tar.Entry(TarEntryType.CharacterDevice, "pkg-1.0/a", null) },
        { "a disk", tar => tar.Entry(TarEntryType.BlockDevice, "pkg-1.0/a", null) },
        { "a bomb", tar => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "pkg-1.0/a") { DataStream = new MemoryStream(new byte[100 << 20]) }) },
    };

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Hostile_ones_are_refused_and_write_nothing_outside(string what, Action<TarWriter> harm)
    {
        using var folder = new TestFolder();
        var target = Directory.CreateDirectory(folder.File("a", "target")).FullName;

        var refused = Assert.Throws<DiagnosticException>(() => Unpack(folder, "pkg-1.0.tar.gz", HostileTar.Pack("pkg-1.0/setup.py", harm), target));

        Assert.Equal((BuildCodes.SdistRefused, ExitCode.Integrity), (refused.Diagnostics[0].Code, refused.ExitCode));
        Assert.NotNull(refused.Diagnostics[0].Remedy);
        Assert.Equal(["target"], Directory.GetFileSystemEntries(folder.File("a")).Select(Path.GetFileName));
        Assert.NotNull(what);
    }

    /// <summary>What the reader of tar archives does not read at all: sparse files of GNU's kind, and a number that has no end.</summary>
    [Theory]
    [InlineData('S', "00000000001")]
    [InlineData('M', "00000000001")]
    [InlineData('0', "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData('0', "\u0080\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    public void What_cannot_be_read_is_refused_as_all_else_is(char type, string size)
    {
        using var folder = new TestFolder();
        var header = HostileTar.Header("pkg-1.0/a", type, "", size, "ustar  ");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write([.. header, .. new byte[2048]]);

        var refused = Assert.Throws<DiagnosticException>(() => Unpack(folder, "pkg-1.0.tar.gz", packed.ToArray(), Directory.CreateDirectory(folder.File("target")).FullName));

        Assert.Equal(BuildCodes.SdistRefused, refused.Diagnostics[0].Code);
    }

    [Fact]
    public void Tar_archives_come_out_writable_and_with_links()
    {
        using var folder = new TestFolder();
        var archive = HostileTar.Pack("pkg-1.0/setup.py", tar =>
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "./pkg-1.0/run.sh") { Mode = (UnixFileMode)0b111_101_101, DataStream = new MemoryStream("run"u8.ToArray()) });
            tar.Entry(TarEntryType.HardLink, "pkg-1.0/copy.py", "pkg-1.0/setup.py");
            if (!OperatingSystem.IsWindows())
                tar.Entry(TarEntryType.SymbolicLink, "pkg-1.0/sub/link.py", "../setup.py");
        });
        var target = Directory.CreateDirectory(folder.File("target")).FullName;

        Unpack(folder, "pkg-1.0.tar.gz", archive, target);

        File.AppendAllText(Path.Combine(target, "copy.py"), "!");
        Assert.Equal(("x", "x!"), (File.ReadAllText(Path.Combine(target, "setup.py")), File.ReadAllText(Path.Combine(target, "copy.py"))));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("x", File.ReadAllText(Path.Combine(target, "sub", "link.py")));
            Assert.True(File.GetUnixFileMode(Path.Combine(target, "run.sh")).HasFlag(UnixFileMode.UserExecute | UnixFileMode.UserWrite));
        }
    }

    [Fact]
    public void Zip_archives_come_out_too_and_are_refused_where_they_climb()
    {
        using var folder = new TestFolder();
        var target = Directory.CreateDirectory(folder.File("a", "target")).FullName;

        Unpack(folder, "pkg-1.0.zip", Zip("pkg-1.0/setup.py", "pkg-1.0/pkg/mod.py"), target);

        Assert.Equal("x", File.ReadAllText(Path.Combine(target, "pkg", "mod.py")));
        foreach (var name in new[] { "pkg-1.0/../evil", "/evil", "other/x", "pkg-1.0/con\u0001" })
            Assert.Throws<DiagnosticException>(() => Unpack(folder, "pkg-1.0.zip", Zip("pkg-1.0/setup.py", name), Directory.CreateDirectory(folder.File("a", Guid.NewGuid().ToString())).FullName));
        Assert.Equal(["a", "sdist"], Directory.GetFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Damaged_and_empty_ones_are_refused()
    {
        using var folder = new TestFolder();
        var whole = HostileTar.Pack("pkg-1.0/setup.py", tar => tar.File("pkg-1.0/a", new string('x', 5000)));
        using var nothing = new MemoryStream();
        using (var gzip = new GZipStream(nothing, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(new byte[1024]);
        foreach (var wrong in new[] { whole[..(whole.Length / 2)], "no archive"u8.ToArray(), nothing.ToArray() })
        {
            var refused = Assert.Throws<DiagnosticException>(() => Unpack(folder, "pkg-1.0.tar.gz", wrong, Directory.CreateDirectory(folder.File(Guid.NewGuid().ToString())).FullName));
            Assert.Equal(BuildCodes.SdistRefused, refused.Diagnostics[0].Code);
        }
    }

    private static void Unpack(TestFolder folder, string name, byte[] archive, string target)
    {
        File.WriteAllBytes(folder.File("sdist"), archive);
        using var stream = File.OpenRead(folder.File("sdist"));
        SdistArchive.Unpack(stream, name, target, TestContext.Current.CancellationToken);
    }

    private static byte[] Zip(params string[] names)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write("x"u8);
            }
        }

        return packed.ToArray();
    }
}

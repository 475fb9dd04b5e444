using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Each archive here is wrong in one way, is refused with that way's code, and leaves nothing outside the store's staging.</summary>
public sealed class HostileWheels
{
    public static TheoryData<string, string, Action<WheelMaker>> Corpus { get; } = new()
    {
        { "a cut-off archive", EnvironmentCodes.ArchiveMalformed, m => m.ChangeArchive = z => z.Suffix = [] },
        { "bytes after the end", EnvironmentCodes.ArchiveStrayBytes, m => m.ChangeArchive = z => z.Suffix = "hidden"u8.ToArray() },
        { "bytes before the beginning", EnvironmentCodes.ArchiveStrayBytes, m => m.ChangeArchive = z => z.Prefix = "hidden"u8.ToArray() },
        { "bytes before the directory", EnvironmentCodes.ArchiveStrayBytes, m => m.ChangeArchive = z => z.Gap = "hidden"u8.ToArray() },
        { "a second archive in the comment", EnvironmentCodes.ArchiveStrayBytes, m => m.ChangeArchive = z => z.Comment = new HostileZip().ToArray() },
        { "too few entries stated", EnvironmentCodes.ArchiveMalformed, m => m.ChangeArchive = z => z.StatedCount = z.Entries.Count - 1 },
        { "too many entries stated", EnvironmentCodes.ArchiveMalformed, m => m.ChangeArchive = z => z.StatedCount = z.Entries.Count + 1 },
        { "overlapping entries", EnvironmentCodes.ArchiveStrayBytes, m => m.ChangeArchive = z => z.Entries[1].StatedOffset = 0 },
        { "another name in the local header", EnvironmentCodes.HeadersDisagree, m => m.ChangeArchive = z => z.Entries[0].LocalName = Encoding.ASCII.GetBytes("evil/__init__.py") },
        { "another method in the local header", EnvironmentCodes.HeadersDisagree, m => m.ChangeArchive = z => z.Entries[0].LocalMethod = 0 },
        { "another size in the local header", EnvironmentCodes.HeadersDisagree, m => m.ChangeArchive = z => z.Entries[0].LocalSize = 1 },
        { "another checksum in the local header", EnvironmentCodes.HeadersDisagree, m => m.ChangeArchive = z => z.Entries[0].LocalCrc = 1 },
        { "a wrong checksum", EnvironmentCodes.EntryDamaged, m => m.ChangeArchive = z => z.Entries[0].StatedCrc = 1 },
        { "a wrong size", EnvironmentCodes.EntryDamaged, m => m.ChangeArchive = z => z.Entries[0].StatedSize = 1 },
        { "packed bytes that are none", EnvironmentCodes.EntryDamaged, m => m.ChangeArchive = z => z.Entries[0].Packed = [0xFF, 0xFF, 0xFF] },
        { "packed bytes left over", EnvironmentCodes.EntryDamaged, m => m.ChangeArchive = z => z.Entries[0].Packed = [.. PackedOf(z.Entries[0]), 1, 2, 3] },
        { "an encrypted entry", EnvironmentCodes.MethodRefused, m => m.ChangeArchive = z => z.Entries[0].Flags |= 1 },
        { "strong encryption", EnvironmentCodes.MethodRefused, m => m.ChangeArchive = z => z.Entries[0].Flags |= 1 << 6 },
        { "bzip2", EnvironmentCodes.MethodRefused, m => m.ChangeArchive = z => z.Entries[0].Method = 12 },
        { "lzma", EnvironmentCodes.MethodRefused, m => m.ChangeArchive = z => z.Entries[0].Method = 14 },
        { "a symbolic link", EnvironmentCodes.SpecialFile, m => m.ChangeArchive = z => z.Entries[0].Mode = 0xA1FF },
        { "a device", EnvironmentCodes.SpecialFile, m => m.ChangeArchive = z => z.Entries[0].Mode = 0x21B6 },
        { "a pipe", EnvironmentCodes.SpecialFile, m => m.ChangeArchive = z => z.Entries[0].Mode = 0x11B6 },
        { "a socket", EnvironmentCodes.SpecialFile, m => m.ChangeArchive = z => z.Entries[0].Mode = 0xC1B6 },
        { "a folder with content", EnvironmentCodes.SpecialFile, m => m.File("folder/", "content") },
        { "a second name in an extra field", EnvironmentCodes.NameRefused, m => m.ChangeArchive = z => z.Entries[0].Extra = [0x75, 0x70, 5, 0, 1, 0, 0, 0, 0] },
        { "damaged extra fields", EnvironmentCodes.ArchiveMalformed, m => m.ChangeArchive = z => z.Entries[0].Extra = [1, 2, 200, 0] },
        { "a name that is not UTF-8", EnvironmentCodes.NameRefused, m => m.ChangeArchive = z => z.Entries[0].Name = [0xC3, 0x28] },
        { "a name of no stated encoding", EnvironmentCodes.NameRefused, m => m.ChangeArchive = z => (z.Entries[0].Name, z.Entries[0].Flags) = ([0xC3, 0xA4], 0) },
        { "an empty name", EnvironmentCodes.NameRefused, m => m.File("", "x") },
        { "a path that climbs", EnvironmentCodes.NameRefused, m => m.File("../evil.py", "x") },
        { "a path that climbs within", EnvironmentCodes.NameRefused, m => m.File("pkg/../../evil.py", "x") },
        { "a path of dots", EnvironmentCodes.NameRefused, m => m.File("pkg/./evil.py", "x") },
        { "an absolute path", EnvironmentCodes.NameRefused, m => m.File("/etc/evil", "x") },
        { "a drive", EnvironmentCodes.NameRefused, m => m.File("C:/evil.py", "x") },
        { "a drive without a slash", EnvironmentCodes.NameRefused, m => m.File("c:evil.py", "x") },
        { "a UNC path", EnvironmentCodes.NameRefused, m => m.File("//server/share/evil.py", "x") },
        { "a UNC path with backslashes", EnvironmentCodes.NameRefused, m => m.File("\\\\server\\share\\evil.py", "x") },
        { "a backslash", EnvironmentCodes.NameRefused, m => m.File("..\\evil.py", "x") },
        { "an alternate stream", EnvironmentCodes.NameRefused, m => m.File("pkg/a.py:evil", "x") },
        { "a line break", EnvironmentCodes.NameRefused, m => m.File("pkg/a\n.py", "x") },
        { "a NUL", EnvironmentCodes.NameRefused, m => m.File("pkg/a\0.py", "x") },
        { "a direction-changing character", EnvironmentCodes.NameRefused, m => m.File("pkg/\u202Eyp.a", "x") },
        { "a doubled slash", EnvironmentCodes.NameRefused, m => m.File("pkg//a.py", "x") },
        { "a device of Windows", EnvironmentCodes.NameRefused, m => m.File("pkg/NUL", "x") },
        { "a device with a suffix", EnvironmentCodes.NameRefused, m => m.File("pkg/com1.py", "x") },
        { "a trailing dot", EnvironmentCodes.NameRefused, m => m.File("pkg/a.", "x") },
        { "a trailing space", EnvironmentCodes.NameRefused, m => m.File("pkg /a", "x") },
        { "a name twice", EnvironmentCodes.NamesCollide, m => m.File("victim/__init__.py", "x") },
        { "names that differ in case", EnvironmentCodes.NamesCollide, m => m.File("victim/__INIT__.py", "x") },
        { "names that differ in how accents are written", EnvironmentCodes.NamesCollide, m => m.File("pkg/caf\u00e9.py", "x").File("pkg/cafe\u0301.py", "y") },
        { "one place through the root and through data", EnvironmentCodes.NamesCollide, m => m.File($"{m.Data}/purelib/victim/__init__.py", "x") },
        { "one place through purelib and platlib", EnvironmentCodes.NamesCollide, m => m.File($"{m.Data}/platlib/victim/__INIT__.py", "x") },
        { "a file over a folder through data", EnvironmentCodes.NamesCollide, m => m.File($"{m.Data}/purelib/victim", "x") },
        { "folders that differ in case", EnvironmentCodes.NamesCollide, m => m.File("Victim/other.py", "x") },
        { "a file inside a file", EnvironmentCodes.NamesCollide, m => m.File("victim/__init__.py/x", "x") },
        { "a file over a folder", EnvironmentCodes.NamesCollide, m => m.File("victim", "x") },
        { "a deep path", EnvironmentCodes.NameRefused, m => m.File(string.Concat(Enumerable.Repeat("d/", 70)) + "x", "x") },
        { "a long name", EnvironmentCodes.BoundExceeded, m => m.File(string.Concat(Enumerable.Repeat("abcdefghij/", 100)) + "x", "x") },
        { "a bomb", EnvironmentCodes.BoundExceeded, m => m.File("zeros", new byte[32 << 20]) },
        { "a bomb of zstandard", EnvironmentCodes.BoundExceeded, m => m.ChangeArchive = z => z.Add("zeros", new byte[32 << 20], 93) },
        { "no RECORD", EnvironmentCodes.RecordUnreadable, m => m.RecordText = "" },
        { "a RECORD that is no table", EnvironmentCodes.RecordUnreadable, m => m.RecordText = "one,two\n" },
        { "a RECORD with an open quote", EnvironmentCodes.RecordUnreadable, m => m.RecordText = "\"one,two,three\n" },
        { "an md5 RECORD", EnvironmentCodes.RecordUnreadable, m => m.ChangeRecord = r => r["victim/__init__.py"] = "md5=1B2M2Y8AsgTpgAmY7PhCfg,3" },
        { "a sha1 RECORD", EnvironmentCodes.RecordUnreadable, m => m.ChangeRecord = r => r["victim/__init__.py"] = "sha1=2jmj7l5rSw0yVb_vlWAYkK_YBwk,3" },
        { "a digest cut short", EnvironmentCodes.RecordUnreadable, m => m.ChangeRecord = r => r["victim/__init__.py"] = "sha256=AAAA,3" },
        { "a wrong digest", EnvironmentCodes.RecordMismatch, m => m.ChangeRecord = r => r["victim/__init__.py"] = $"sha256={new string('A', 43)}," },
        { "a wrong size in RECORD", EnvironmentCodes.RecordMismatch, m => m.ChangeRecord = r => r["victim/__init__.py"] = r["victim/__init__.py"] + "0" },
        { "a file without a digest", EnvironmentCodes.RecordIncomplete, m => m.ChangeRecord = r => r["victim/__init__.py"] = "," },
        { "a file that RECORD does not list", EnvironmentCodes.RecordIncomplete, m => m.ChangeRecord = r => r.Remove("victim/__init__.py") },
        { "a file that only RECORD lists", EnvironmentCodes.RecordIncomplete, m => m.ChangeRecord = r => r["ghost.py"] = r["victim/__init__.py"] },
        { "a newer format", EnvironmentCodes.WheelMetadata, m => m.WheelVersion = "2.0" },
        { "two dist-info folders", EnvironmentCodes.WheelMetadata, m => m.File("other-1.0.dist-info/METADATA", "x") },
        { "data that would be a scheme", EnvironmentCodes.SchemeUnknown, m => m.File($"{m.Data}/stdlib/os.py", "x") },
        { "data that is a scheme's own name", EnvironmentCodes.SchemeUnknown, m => m.File($"{m.Data}/purelib", "x") },
        { "data beside the schemes", EnvironmentCodes.SchemeUnknown, m => m.File($"{m.Data}/loose.txt", "x") },
        { "a command that leaves its folder", EnvironmentCodes.ScriptRefused, m => m.Script("../evil", "victim:main") },
        { "a command with a drive", EnvironmentCodes.ScriptRefused, m => m.Script("c:evil", "victim:main") },
        { "a command that is the interpreter", EnvironmentCodes.ScriptRefused, m => m.Script("python3.11", "victim:main") },
        { "a command that is the interpreter on Windows", EnvironmentCodes.ScriptRefused, m => m.Script("Python.EXE", "victim:main") },
        { "a command that is the activation", EnvironmentCodes.ScriptRefused, m => m.Script("activate", "victim:main") },
        { "a command that injects code", EnvironmentCodes.ScriptRefused, m => m.Script("tool", "victim:main();evil") },
        { "a command without a function", EnvironmentCodes.ScriptRefused, m => m.Script("tool", "victim") },
        { "a command defined twice", EnvironmentCodes.ScriptRefused, m => m.Script("tool", "victim:main").Script("Tool", "victim:main") },
        { "a script that is the interpreter", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/scripts/python", "x") },
        { "a script in a folder", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/scripts/folder/tool", "x") },
        { "data that is the interpreter", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/data/bin/python3", "x") },
        { "a folder that is the interpreter", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/data/bin/python3/x", "x") },
        { "a folder that is the activation", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/data/Scripts/activate.bat/x", "x") },
        { "a path that climbs out of data", EnvironmentCodes.NameRefused, m => m.File($"{m.Data}/data/../../evil", "x") },
        { "a path that climbs out of scripts", EnvironmentCodes.NameRefused, m => m.File($"{m.Data}/scripts/../evil", "x") },
        { "a path that climbs with a trailing slash", EnvironmentCodes.NameRefused, m => m.File("pkg/../", "") },
        { "a dot with a space", EnvironmentCodes.NameRefused, m => m.File(".. /evil.py", "x") },
        { "three dots", EnvironmentCodes.NameRefused, m => m.File(".../evil.py", "x") },
        { "a device's name", EnvironmentCodes.NameRefused, m => m.File("\\\\.\\COM1", "x") },
        { "a long path's prefix of Windows", EnvironmentCodes.NameRefused, m => m.File("//?/C:/evil.py", "x") },
        { "a reserved name with a space", EnvironmentCodes.NameRefused, m => m.File("pkg/nul .txt", "x") },
        { "a reserved name with a superscript", EnvironmentCodes.NameRefused, m => m.File("pkg/COM\u00b9.txt", "x") },
        { "a name of nothing but what cannot be seen", EnvironmentCodes.NameRefused, m => m.File("pkg/\u200b", "x") },
        { "an escape sequence", EnvironmentCodes.NameRefused, m => m.File("pkg/\u001b[2J.py", "x") },
        { "data that is the configuration in another case", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/data/PyVenv.CFG", "x") },
        { "data that is a folder of the environment", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/data/lib64", "x") },
        { "a command that is a path of Windows", EnvironmentCodes.ScriptRefused, m => m.Script("..\\evil", "victim:main") },
        { "a command that is a device", EnvironmentCodes.ScriptRefused, m => m.Script("nul", "victim:main") },
        { "a command that is nothing", EnvironmentCodes.ScriptRefused, m => m.Script("", "victim:main") },
        { "a command with a line break in its target", EnvironmentCodes.ScriptRefused, m => m.Script("tool", "victim:main\revil") },
        { "a graphical command that is the interpreter", EnvironmentCodes.ScriptRefused, m => m.EntryPoint("gui_scripts", "pythonw", "victim:main") },
        { "data that is the configuration", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/data/pyvenv.cfg", "x") },
        { "data that is our memory", EnvironmentCodes.ScriptRefused, m => m.File($"{m.Data}/data/.venvbuild.json", "x") },
    };

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task A_hostile_wheel_is_refused(string what, string code, Action<WheelMaker> harm)
    {
        using var folder = new TestFolder();
        var maker = new WheelMaker("victim").Module("victim");
        harm(maker);
        var bytes = maker.ToArray();
        if (what == "a cut-off archive")
            bytes = bytes[..^30];
        var store = new LayerStore(folder.File("cache"));
        var source = new MemorySource(bytes);

        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => store.GetOrAddAsync(source.Plan(maker.FileName), source, TestContext.Current.CancellationToken));

        Assert.Equal(code, refused.Diagnostics[0].Code);
        Assert.Contains(maker.FileName, refused.Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Diagnostics[0].Remedy);
        Assert.Equal(ExitCode.Integrity, refused.ExitCode);
        Assert.DoesNotContain(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories), f => !f.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wheel_named_as_another_is_refused()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "other-1.0-py3-none-any.whl");
        File.WriteAllBytes(path, new WheelMaker("victim").Module("victim").ToArray());

        var refused = Assert.Throws<DiagnosticException>(() => WheelArchive.Open(path));

        Assert.Equal(EnvironmentCodes.WheelMetadata, refused.Diagnostics[0].Code);
    }

    [Fact]
    public void Bounds_are_the_callers_to_set()
    {
        using var folder = new TestFolder();
        var path = new WheelMaker("victim").Module("victim").File("big", new byte[5000]).Save(folder.Path);

        Assert.Throws<DiagnosticException>(() => WheelArchive.Open(path, limits: new WheelLimits { MaxEntries = 3 }));
        Assert.Throws<DiagnosticException>(() => WheelArchive.Open(path, limits: new WheelLimits { MaxUnpackedBytes = 4000 }));
        Assert.Throws<DiagnosticException>(() => WheelArchive.Open(path, limits: new WheelLimits { MaxDirectoryBytes = 10 }));
    }

    [Fact]
    public void No_change_of_one_byte_goes_unnoticed_or_crashes()
    {
        using var folder = new TestFolder();
        var maker = new WheelMaker("victim").Module("victim").Script("tool", "victim:main").File("data.bin", [1, 2, 3, 4], isExecutable: true);
        var right = maker.ToArray();
        Gen.Select(Gen.Int[0, right.Length - 1], Gen.Byte).Sample(
            (at, value) =>
            {
                if (right[at] == value)
                    return;
                var wrong = right.ToArray();
                wrong[at] = value;
                var path = Path.Combine(folder.Path, Guid.NewGuid().ToString("N"));
                File.WriteAllBytes(path, wrong);
                try
                {
                    using var wheel = WheelArchive.Open(path, maker.FileName);
                    wheel.Verify();
                    // What may change without harm: times, version numbers and attributes of entries. The files are the same.
                    Assert.Equal(5, wheel.Entries.Count(e => !e.IsDirectory) - 1);
                }
                catch (DiagnosticException e)
                {
                    Assert.StartsWith("PYENV16", e.Diagnostics[0].Code, StringComparison.Ordinal);
                }
                finally
                {
                    File.Delete(path);
                }
            },
            iter: 3000, threads: 1);
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(8, false, false)]
    [InlineData(93, false, false)]
    [InlineData(8, true, false)]
    [InlineData(8, false, true)]
    [InlineData(8, true, true)]
    public void Every_honest_form_is_accepted(int method, bool isZip64, bool hasDescriptors)
    {
        using var folder = new TestFolder();
        var maker = new WheelMaker("honest") { Method = (ushort)method }.Module("honest").File("honest/ünïcode.txt", new byte[300_000]).File("empty.py", "");
        maker.ChangeArchive = zip =>
        {
            zip.IsZip64 = isZip64;
            zip.Comment = "built for tests"u8.ToArray();
            foreach (var entry in zip.Entries)
                entry.HasDescriptor = hasDescriptors;
        };

        using var wheel = WheelArchive.Open(maker.Save(folder.Path));
        wheel.Verify(TestContext.Current.CancellationToken);

        Assert.Equal("honest", wheel.Name.Value);
        Assert.True(wheel.IsPurelib);
    }

    private static byte[] PackedOf(HostileZip.Entry entry)
    {
        using var packed = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(entry.Content);
        return packed.ToArray();
    }
}

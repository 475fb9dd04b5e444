using System.Buffers.Binary;
using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>What native modules need is held against what the loader would find, before anybody imports one.</summary>
public sealed class NativeLibraries : IDisposable
{
    private const string Windows = "win-x64";
    private const string Mac = "osx-arm64";

    private readonly TestFolder _folder = new();
    private readonly MemorySource _source = new();
    private readonly List<Diagnostic> _remarks = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_library_that_is_missing_here_is_named_with_its_module_and_the_package_that_has_it()
    {
        OnLinux();
        await SyncAsync(new WheelMaker("cv").Module("cv").File("cv/cv.abi3.so", Elf(["libOSMesa.so.8", "libc.so.6"])));

        var warning = Assert.Single(_remarks, remark => remark.Severity == DiagnosticSeverity.Warning);
        Assert.Equal(EnvironmentCodes.LibraryMissing, warning.Code);
        Assert.Matches("^cv 1.0 needs libOSMesa.so.8, which is not on this machine: .*/site-packages/cv/cv.abi3.so cannot be loaded.$", warning.Message);
        Assert.Contains("osmesa", warning.Remedy, StringComparison.Ordinal);
        Assert.Equal("42", await Pythons.RunAsync(_folder.File("env", "bin", "python"), "-c", "import cv; print(cv.answer())"));
    }

    [Fact]
    public async Task Libraries_of_the_environment_count_where_the_loader_looks_or_the_code_of_a_requirement_may_load_them()
    {
        OnLinux();
        await SyncAsync(
            new WheelMaker("user").Requires("middle").File("user/user.so", Elf(["libown-1234.so.1", "libother.so.2"], "$ORIGIN/../user.libs")).File("user.libs/libown-1234.so.1", Elf([])),
            new WheelMaker("middle").Requires("other; sys_platform == 'linux'"),
            new WheelMaker("other").File("other/lib/libother-2.so", NativeMaker.Elf([], Machine(), name: "libother.so.2")));

        Assert.DoesNotContain(_remarks, remark => remark.Severity == DiagnosticSeverity.Warning);
        Assert.Contains(_remarks, remark => remark.Severity == DiagnosticSeverity.Verbose && remark.Message.StartsWith("user 1.0 needs libother.so.2, which the loader finds only once", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Libraries_of_distributions_that_nobody_requires_are_not_found_by_chance()
    {
        OnLinux();
        await SyncAsync(
            new WheelMaker("user").File("user/user.so", Elf(["libother.so.2", "libfile.so"])).File("user/lib/libfile.so", Elf([])),
            new WheelMaker("other").File("other/libother.so.2", NativeMaker.Elf([], Machine(), name: "libother.so.2")));

        Assert.Collection(
            _remarks.Where(remark => remark.Severity == DiagnosticSeverity.Warning).Select(remark => remark.Message),
            // Its file is called so, but it gives itself no name, so that having loaded it would not help.
            message => Assert.Matches("^user 1.0 needs libfile.so, which is not on this machine: .*/user/user.so cannot be loaded.$", message),
            message => Assert.Matches("^user 1.0 needs libother.so.2, which other 1.0 has at .*/other/libother.so.2, where the loader does not look: .*/user/user.so cannot be loaded.$", message));
    }

    [Fact]
    public async Task Where_the_checks_ask_for_libraries_nothing_is_made_of_what_lacks_one()
    {
        OnLinux();
        var wheel = new WheelMaker("cv").Module("cv").File("cv/cv.abi3.so", Elf(["libnobody-has-this.so.1"])).File("cv/cv2.abi3.so", Elf(["libnobody-has-this.so.1", "liband-this.so"]));

        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => SyncAsync([EnvironmentCheck.Libraries], wheel));

        Assert.Equal((ExitCode.BuildFailed, EnvironmentCodes.LibraryMissing), (refused.ExitCode, refused.Diagnostics[0].Code));
        Assert.Contains("needs liband-this.so, libnobody-has-this.so.1,", refused.Diagnostics[0].Message, StringComparison.Ordinal);
        if (File.Exists("/etc/debian_version"))
            Assert.Contains("apt-file search liband-this.so tells", refused.Diagnostics[0].Remedy, StringComparison.Ordinal);
        Assert.Equal(2, refused.Diagnostics[0].Detail!.Split('\n').Length);
        Assert.False(Directory.Exists(_folder.File("env")));
        // An environment that was made without the check is looked at when it is asked for.
        await SyncAsync(wheel);
        await Assert.ThrowsAsync<DiagnosticException>(() => SyncAsync([EnvironmentCheck.Libraries], wheel));
    }

    [Fact]
    public async Task What_modules_say_is_read_once_for_a_layer()
    {
        OnLinux();
        var wheel = new WheelMaker("cv").File("cv/cv.abi3.so", Elf(["libnobody-has-this.so.1"]));
        await SyncAsync(wheel);
        var kept = Assert.Single(Directory.GetFiles(_folder.File("cache", "native"), "*", SearchOption.AllDirectories));
        var written = File.GetLastWriteTimeUtc(kept);
        Directory.Delete(_folder.File("env"), recursive: true);

        await SyncAsync(wheel);

        Assert.Equal(2, _remarks.Count(remark => remark.Code == EnvironmentCodes.LibraryMissing));
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        // What was kept and damaged is found, and read anew.
        await File.WriteAllTextAsync(kept, "{}", Token);
        Assert.Equal("native", Assert.Single(await new Store(_folder.File("cache")).VerifyAsync(removes: false, Token)).Part);
        Directory.Delete(_folder.File("env"), recursive: true);
        await SyncAsync(wheel);
        Assert.Equal(3, _remarks.Count(remark => remark.Code == EnvironmentCodes.LibraryMissing));
        Assert.Empty(await new Store(_folder.File("cache")).VerifyAsync(removes: false, Token));
    }

    [Fact]
    public async Task Modules_for_a_newer_glibc_or_another_machine_are_told()
    {
        OnLinux();
        var newer = NativeMaker.Elf(["libc.so.6"], Machine(), versions: [("libc.so.6", ["GLIBC_2.17", "GLIBC_2.999", "GLIBC_2.4"])]);
        await SyncAsync(
            new WheelMaker("newer").File("newer/newer.so", newer),
            new WheelMaker("strange").File("strange/strange.so", NativeMaker.Elf([], machine: 22)),
            new WheelMaker("both").File("both/strange.so", NativeMaker.Elf([], machine: 22)).File("both/own.so", Elf([])),
            new WheelMaker("launchers").File("launchers/t64.exe", NativeMaker.Pe(["KERNEL32.dll"])));

        Assert.All(_remarks.Where(remark => remark.Severity == DiagnosticSeverity.Warning), remark => Assert.Equal(EnvironmentCodes.ModuleUnfit, remark.Code));
        var messages = _remarks.Where(remark => remark.Severity == DiagnosticSeverity.Warning).Select(remark => remark.Message).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(2, messages.Count);
        Assert.Matches(@"^newer 1.0 needs glibc 2\.999, and this machine has 2\.\d+: .*newer.so cannot be loaded\.$", messages[0]);
        Assert.StartsWith("strange 1.0 has native modules for ELF machine 22, and none for ", messages[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_another_Linux_the_declared_glibc_counts_and_what_not_every_machine_has_is_told()
    {
        Assert.True(PlatformFloor.TryParse("2.17", out var floor));
        Assert.True(Platform.Parse("linux-arm64").TryWithFloor(floor, out var platform));
        await BuildAsync(new Target(platform, new PythonMinor(3, 12)), new WheelMaker("cv")
            .File("cv/cv.so", NativeMaker.Elf(["libc.so.6", "libstdc++.so.6", "libGL.so.1"], machine: 183, versions: [("libc.so.6", ["GLIBC_2.34"])])));

        Assert.Collection(
            _remarks.Where(remark => remark.Severity == DiagnosticSeverity.Warning),
            remark => Assert.Contains("needs glibc 2.34, and linux-arm64 is declared with 2.17", remark.Message, StringComparison.Ordinal),
            remark =>
            {
                Assert.Contains("needs libGL.so.1, which not every such system has", remark.Message, StringComparison.Ordinal);
                Assert.Equal("On Debian and Ubuntu: apt-get install libgl1.", remark.Remedy);
            });
    }

    [Fact]
    public async Task Imports_of_Windows_are_read_and_held_against_Windows_and_Python()
    {
        await BuildAsync(Windows, new WheelMaker("win")
            .File("win/own.pyd", NativeMaker.Pe(["KERNEL32.dll", "python311.dll", "VCRUNTIME140.dll", "api-ms-win-crt-runtime-l1-1-0.dll", "helper-0a1b.DLL", "Beside.dll"], delayed: ["lazy.dll"]))
            .File("win/beside.dll", NativeMaker.Pe(["further.dll"])).File("win/further.dll", NativeMaker.Pe([]))
            .File("win.libs/helper-0a1b.dll", NativeMaker.Pe(["ntdll.dll"])));
        // delvewheel's wheels name the folder of their libraries by code.
        Assert.Contains(_remarks, remark => remark.Severity == DiagnosticSeverity.Verbose && remark.Message.Contains("needs helper-0a1b.DLL, which the loader finds only once", StringComparison.Ordinal));
        Assert.DoesNotContain(_remarks, remark => remark.Severity == DiagnosticSeverity.Warning);
        Assert.Contains(_remarks, remark => remark.Severity == DiagnosticSeverity.Verbose && remark.Message.Contains("lazy.dll", StringComparison.Ordinal));

        await BuildAsync(Windows, new WheelMaker("runtime").File("runtime/own.pyd", NativeMaker.Pe(["MSVCP140.dll"])), new WheelMaker("old").File("old/own.pyd", NativeMaker.Pe(["python310.dll"])));
        var warnings = _remarks.Where(remark => remark.Severity == DiagnosticSeverity.Warning).ToList();
        Assert.Equal(2, warnings.Count);
        await BuildAsync(
            Windows, new WheelMaker("asks").File("asks/own.pyd", NativeMaker.Pe(["theirs.dll"])), new WheelMaker("has").File("has/theirs.dll", NativeMaker.Pe([])),
            new WheelMaker("runs").File("runs-1.0.data/data/MSVCP140.dll", NativeMaker.Pe([])).File("runs/own.pyd", NativeMaker.Pe(["msvcp140.dll"])));
        Assert.Contains("asks 1.0 needs theirs.dll, which has 1.0 has at Lib/site-packages/has/theirs.dll, where the loader does not look", Assert.Single(_remarks.Where(remark => remark.Severity == DiagnosticSeverity.Warning).Skip(2)).Message, StringComparison.Ordinal);
        Assert.Contains(warnings, warning => warning.Message.Contains("needs python310.dll", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Remedy!.Contains("Visual C++", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Load_commands_of_macOS_are_read_for_the_machine_that_it_is_for()
    {
        var intel = NativeMaker.MachO(["/usr/local/opt/thing/lib/libthing.dylib"], machine: 0x01000007);
        var arm = NativeMaker.MachO(["/usr/lib/libSystem.B.dylib", "@rpath/libown.dylib", "@loader_path/.dylibs/libbeside.1.dylib"], paths: ["/opt/nowhere", "@loader_path/.dylibs"], oldest: (12, 0));
        await BuildAsync(Mac, new WheelMaker("mac")
            .File("mac/own.so", NativeMaker.Universal((0x01000007, intel), (0x0100000C, arm)))
            .File("mac/.dylibs/libown.dylib", NativeMaker.MachO(["@rpath/libdeep.dylib", "/DLC/mac/libbeside.1.dylib"])).File("mac/.dylibs/libdeep.dylib", NativeMaker.MachO([])).File("mac/.dylibs/libbeside.1.dylib", NativeMaker.MachO([], name: "/DLC/mac/libbeside.1.dylib")));
        // Paths are handed down, and what is loaded already is known by the name that it gives itself.
        Assert.DoesNotContain(_remarks, remark => remark.Severity == DiagnosticSeverity.Warning);

        await BuildAsync(Mac, new WheelMaker("brew").File("brew/own.so", NativeMaker.MachO(["/opt/homebrew/lib/libpq.5.dylib", "@rpath/libgone.dylib"], oldest: (99, 1))));
        var messages = _remarks.Where(remark => remark.Severity == DiagnosticSeverity.Warning).Select(remark => remark.Message).ToList();
        Assert.Contains(messages, message => message.Contains("needs macOS 99.1, and osx-arm64 is declared with 14.0", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("needs /opt/homebrew/lib/libpq.5.dylib, @rpath/libgone.dylib,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_modules_of_this_machines_own_Python_have_all_that_they_need()
    {
        OnLinux();
        var python = await Pythons.BestAsync();
        var modules = Directory.GetFiles(Path.Combine(python.StandardLibrary, "lib-dynload"), "*.so")
            .Select(path => ($"lib/{Path.GetFileName(path)}", new NativeModule(InstallScheme.Platlib, path, Read(File.ReadAllBytes(path))))).ToList();

        Assert.Contains(modules, module => module.Item2.Images[0].Needed.Contains("libc.so.6"));
        Assert.All(modules, module => Assert.Single(module.Item2.Images));
        Assert.Empty(new NativeCheck(NativeSystem.Of(python), [new(PackageName.Parse("python"), "python", modules, () => null)]).Run());
    }

    [Fact]
    public void The_modules_of_a_Python_that_came_from_elsewhere_are_looked_at_too()
    {
        OnLinux();
        Directory.CreateDirectory(_folder.File("lib", "python3.12", "lib-dynload"));
        File.WriteAllBytes(_folder.File("lib", "python3.12", "lib-dynload", "_sqlite3.so"), Elf(["libsqlite3-gone.so.0", "libown.so"], "$ORIGIN/../.."));
        File.WriteAllBytes(_folder.File("lib", "libown.so"), Elf([]));
        var target = new Target(Platform.Parse(Machine() == 62 ? "linux-x64" : "linux-arm64"), new PythonMinor(3, 12));

        var found = EnvironmentLibraries.OfPython(new LinuxLoader(target, "/nowhere", null, "/nowhere"), "Python 3.12.1", _folder.Path, _folder.File("lib", "python3.12"));

        Assert.Equal("Python 3.12.1 needs libsqlite3-gone.so.0, which is not on this machine: lib/python3.12/lib-dynload/_sqlite3.so cannot be loaded.", Assert.Single(found).Message);
    }

    [Fact]
    public void The_loaders_list_is_read_in_both_of_its_forms()
    {
        var list = List(("liba.so.1", "/lib/liba.so.1", 0x0303), ("libb.so.1", "/lib32/libb.so.1", 3));
        Assert.Equal([new("liba.so.1", "/lib/liba.so.1")], LibraryCache.Read(list, "x64"));
        byte[] old = [.. "ld.so-1.7.0\0"u8, 1, 0, 0, 0, .. new byte[12], .. new byte[4], .. list];
        Assert.Equal(["liba.so.1"], LibraryCache.Read(old, "x64").Keys);

        Gen.Select(Gen.Int[0, list.Length - 1], Gen.Byte).Sample(change =>
        {
            var damaged = (byte[])list.Clone();
            damaged[change.Item1] = change.Item2;
            LibraryCache.Read(damaged, "x64");
            LibraryCache.Read(damaged.AsSpan(0, change.Item1), "x64");
        });
    }

    /// <summary>A hostile file cannot hurt its reader: not by an exception that is not expected, nor by time.</summary>
    [Fact]
    public void Damaged_files_are_read_as_far_as_they_go_or_not_at_all()
    {
        byte[][] whole =
        [
            NativeMaker.Elf(["liba.so", "libb.so"], runPath: "$ORIGIN/x:/y", name: "me", versions: [("liba.so", ["A_1", "A_2"]), ("libb.so", ["B_1"])]),
            NativeMaker.Pe(["a.dll", "b.dll"], delayed: ["c.dll"]),
            NativeMaker.MachO(["@rpath/a.dylib"], paths: ["@loader_path"], oldest: (11, 0)),
            NativeMaker.Universal((0x0100000C, NativeMaker.MachO(["a"])), (0x01000007, NativeMaker.MachO(["b"], machine: 0x01000007))),
        ];
        Assert.Equal(["A_2", "B_1"], Read(whole[0]).Single().Versions.Select(version => version.Name));
        Assert.Equal(["$ORIGIN/x", "/y"], Read(whole[0]).Single().SearchPaths);
        Assert.Equal(["a.dll", "b.dll"], Read(whole[1]).Single().Needed);
        Assert.Equal(["c.dll"], Read(whole[1]).Single().Deferred);
        Assert.Equal(["arm64", "x64"], Read(whole[3]).Select(image => image.Machine));

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Select(Gen.Int[0, 600], Gen.Byte).Array[1, 6], Gen.Int[0, 6000]).Sample(
            damage =>
            {
                var bytes = (byte[])whole[damage.Item1].Clone();
                foreach (var (at, value) in damage.Item2)
                    bytes[at % bytes.Length] = value;
                Read(bytes.Length > damage.Item3 && damage.Item3 % 5 == 0 ? bytes[..damage.Item3] : bytes);
            },
            iter: Fuzz.Iterations(4000));
    }

    public void Dispose() => _folder.Dispose();

    private static void OnLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "the loader is that of Linux");

    private static ushort Machine() => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? (ushort)183 : (ushort)62;

    private static byte[] Elf(string[] needed, string? runPath = null) => NativeMaker.Elf(needed, Machine(), runPath);

    private IReadOnlyList<NativeImage> Read(byte[] bytes)
    {
        var path = _folder.File("image" + Environment.CurrentManagedThreadId);
        File.WriteAllBytes(path, bytes);
        using var handle = File.OpenHandle(path);
        return NativeImage.Read(handle);
    }

    private static byte[] List(params (string Name, string Path, uint Flags)[] entries)
    {
        var texts = new List<byte>();
        var bytes = new byte[48 + (24 * entries.Length)];
        "glibc-ld.so.cache1.1"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), (uint)entries.Length);
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = bytes.AsSpan(48 + (24 * i));
            BinaryPrimitives.WriteUInt32LittleEndian(entry, entries[i].Flags);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)(bytes.Length + texts.Count));
            texts.AddRange(Encoding.UTF8.GetBytes(entries[i].Name + "\0"));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)(bytes.Length + texts.Count));
            texts.AddRange(Encoding.UTF8.GetBytes(entries[i].Path + "\0"));
        }

        return [.. bytes, .. texts];
    }

    private Task<SyncResult> SyncAsync(params WheelMaker[] wheels) => SyncAsync([], wheels);

    private async Task<SyncResult> SyncAsync(string[] checks, params WheelMaker[] wheels)
    {
        var python = await Pythons.BestAsync();
        var options = new SyncOptions { Remark = _remarks.Add, Checks = EnvironmentCheck.Of(checks) };
        return await new EnvironmentInstaller(_folder.File("cache"))
            .SyncAsync(Pythons.Plan(python, [.. wheels.Select(_source.Plan)]), python, _folder.File("env"), _source, options, cancellationToken: Token);
    }

    private Task BuildAsync(string platform, params WheelMaker[] wheels) => BuildAsync(new Target(Platform.Parse(platform), new PythonMinor(3, 11)), wheels);

    private async Task BuildAsync(Target target, params WheelMaker[] wheels)
    {
        var plan = new EnvironmentPlan(target, wheels.Select(_source.Plan));
        (await new EnvironmentBuilder(_folder.File("cache")).BuildAsync(plan, null, _source, new() { Remark = _remarks.Add }, cancellationToken: Token)).Dispose();
    }
}

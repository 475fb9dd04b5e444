using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Libraries are looked for as the loader of Linux looks for them (ld.so(8)); where it can be asked, it is.</summary>
public sealed class LoadingLibraries : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void Paths_of_the_older_kind_are_handed_down_and_those_of_the_newer_are_not()
    {
        OnLinux();
        foreach (var (isHandedDown, missing) in new[] { (true, Array.Empty<string>()), (false, ["libb.so"]) })
        {
            var (older, newer) = isHandedDown ? ("$ORIGIN/../x.libs", (string?)null) : (null, "${ORIGIN}/../x.libs");
            Assert.Equal(missing, Missing(
                ("x/x.so", Elf(["liba.so"], newer, older)), ("x.libs/liba.so", Elf(["libb.so"])), ("x.libs/libb.so", Elf([]))));
        }

        // A path of its own of the newer kind takes away what was handed down.
        Assert.Equal(["libb.so"], Missing(
            ("x/x.so", Elf(["liba.so"], rPath: "$ORIGIN/../x.libs")), ("x.libs/liba.so", Elf(["libb.so"], runPath: "/nowhere")), ("x.libs/libb.so", Elf([]))));
        // What was loaded before is known by the name that it gives itself.
        Assert.Empty(Missing(
            ("x/x.so", Elf(["libb.so", "liba.so"], runPath: "$ORIGIN/../x.libs")), ("x.libs/liba.so", Elf(["libb.so.7"])), ("x.libs/libb.so", NativeMaker.Elf([], Machine, name: "libb.so.7"))));
        // A path that leaves the environment leads nowhere that is known, and one that is relative to wherever somebody is counts for nothing.
        Assert.Equal(["liba.so"], Missing(("x/x.so", Elf(["liba.so"], runPath: "$ORIGIN/../../../../x.libs:x:")), ("x/liba.so", Elf([]))));
        Assert.Empty(Missing(("x/x.so", Elf(["$ORIGIN/liba.so"])), ("x/liba.so", Elf([]))));
    }

    [Fact]
    public void Files_that_ask_for_each_other_in_a_circle_are_looked_at_once()
    {
        OnLinux();
        Assert.Equal(["libgone.so"], Missing(("x/liba.so", Elf(["libb.so"], "$ORIGIN")), ("x/libb.so", Elf(["liba.so", "libgone.so"], "$ORIGIN"))));
    }

    [Fact]
    public void What_the_variable_and_the_list_name_is_found_if_it_is_for_this_machine()
    {
        OnLinux();
        foreach (var (place, bytes) in new[] { ("named/liba.so", Elf([])), ("named/libb.so", NativeMaker.Elf([], machine: 22)), ("other/libb.so", Elf(["libc-gone.so"])) })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(place))!);
            File.WriteAllBytes(_folder.File(place), bytes);
        }

        Assert.Equal(["liba.so", "libb.so"], Missing(("x/x.so", Elf(["liba.so", "libb.so"]))));
        var named = _folder.File("named");
        var warnings = Check(new(Target, "/nowhere", named, "/nowhere"), ("x/x.so", Elf(["liba.so", "libb.so"])));
        Assert.Contains($"x 1.0 needs libb.so, which is not on this machine: x/x.so cannot be loaded. {_folder.File("named/libb.so")} is not for ", Assert.Single(warnings).Message, StringComparison.Ordinal);
        // What a library of the system lacks is told, and of which.
        warnings = Check(new(Target, "/nowhere", $"relative:{named};{_folder.File("other")}", "/nowhere"), ("x/x.so", Elf(["liba.so", "libb.so"])));
        Assert.Contains($"x 1.0 needs libc-gone.so, which is not on this machine: x/x.so cannot be loaded. {_folder.File("other/libb.so")} asks for libc-gone.so.", Assert.Single(warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_of_the_loaders_list_are_read_with_all_that_is_included_and_no_circle_holds()
    {
        Directory.CreateDirectory(_folder.File("conf.d"));
        File.WriteAllText(_folder.File("ld.so.conf"), $"# a remark\ninclude conf.d/*.conf\ninclude {_folder.File("ld.so.conf")}\ninclude /nowhere/*.conf\n/last # and why\nrelative\n");
        File.WriteAllText(_folder.File("conf.d", "b.conf"), "/b/\n");
        File.WriteAllText(_folder.File("conf.d", "a.conf"), "/a\nhwcap 0 nosegneg\n");

        Assert.Equal(["/last", "/a", "/b"], LibraryFolders.Read(_folder.File("ld.so.conf")));
        Assert.Empty(LibraryFolders.Read(_folder.File("none")));
    }

    [Fact]
    public void Hostile_files_that_ask_for_each_other_without_end_do_not_hold_anybody_up()
    {
        OnLinux();
        string[] all = [.. Enumerable.Range(0, 60).Select(i => $"lib{i}.so")];
        var path = string.Join(':', Enumerable.Repeat("$ORIGIN/none", 100));
        var files = Distribution([.. all.Select(name => ($"x/{name}", NativeMaker.Elf(all, Machine, rPath: path)))]);
        var warnings = new NativeCheck(new LinuxLoader(Target, "/nowhere", null, "/nowhere"), [files]) { MaxPlaces = 100_000 }.Run();

        Assert.Contains(warnings, warning => warning.Message.Contains("not all of what they need was looked for", StringComparison.Ordinal));
    }

    /// <summary>Libraries in random folders with random paths and names of themselves: the machine's own loader says which of them can be loaded.</summary>
    [Fact]
    public async Task The_loader_of_this_machine_agrees()
    {
        OnLinux();
        var compiler = new[] { "gcc", "clang", "cc" }.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => $"{folder}/{name}")).FirstOrDefault(File.Exists);
        Require.That(compiler is not null, "a C compiler");
        var python = await Pythons.BestAsync();
        var system = new LinuxLoader(python);
        Assert.SkipWhen(python.Musl is not null, "the loader is glibc's");
        const int count = 6;
        var stubs = Directory.CreateDirectory(_folder.File("stubs")).FullName;
        await File.WriteAllTextAsync(_folder.File("empty.c"), "", TestContext.Current.CancellationToken);
        for (var i = 0; i < count + 1; i++)
            await CompileAsync(compiler!, $"{stubs}/lib{i}.so", [$"-Wl,-soname,lib{i}.so"]);
        var verdicts = new StringBuilder();
        var questions = new StringBuilder();
        for (var world = 0; world < Fuzz.Iterations(8) && world < 1000; world++)
        {
            var random = new Random(world);
            var root = _folder.File($"world{world}");
            var places = new List<string>();
            for (var i = 0; i < count; i++)
            {
                var place = $"d{random.Next(3)}/lib{i}.so";
                places.Add(place);
                Directory.CreateDirectory(Path.GetDirectoryName($"{root}/{place}")!);
                List<string> options = ["-Wl,--no-as-needed", $"-L{stubs}", random.Next(2) == 0 ? "-Wl,--enable-new-dtags" : "-Wl,--disable-new-dtags"];
                if (random.Next(2) == 0)
                    options.Add($"-Wl,-soname,lib{i}.so");
                // The last has no file at all.
                options.AddRange(Enumerable.Range(0, count + 1).Where(other => other != i && random.Next(other == count ? 20 : 4) == 0).Select(other => $"-l{other}"));
                options.AddRange(Enumerable.Range(0, random.Next(3)).Select(_ => $"-Wl,-rpath,{Pick(random, "$ORIGIN", "${ORIGIN}/../d0", "$ORIGIN/../d1/.", $"{root}/d2", "/nowhere")}"));
                await CompileAsync(compiler!, $"{root}/{place}", options);
            }

            var files = new LoadableFiles(system, [Distribution([.. places.Select(place => (place, File.ReadAllBytes($"{root}/{place}")))])]);
            foreach (var (place, _, image) in files.All)
            {
                verdicts.Append(NativeLoad.Run(system, files, new(place, image, system.Importer), new(100_000)).Missing.Count == 0 ? 'y' : 'n');
                questions.Append($"{root}/{place}\n");
            }
        }

        await File.WriteAllTextAsync(_folder.File("questions"), questions.ToString(), TestContext.Current.CancellationToken);
        // Each in a process of its own, as what is loaded stays.
        const string ask = """
            import ctypes, os, sys
            for line in open(sys.argv[1]):
                child = os.fork()
                if child == 0:
                    try:
                        ctypes.PyDLL(line.strip())
                    except OSError:
                        os._exit(1)
                    os._exit(0)
                print("yn"[os.waitpid(child, 0)[1] != 0], end="")
            """;
        var answers = await Pythons.RunAsync(python.Executable, "-c", ask, _folder.File("questions"));

        Assert.Equal(answers, verdicts.ToString());
        Assert.Contains('y', answers);
        Assert.Contains('n', answers);
    }

    public void Dispose() => _folder.Dispose();

    private static void OnLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "the loader is that of Linux");

    private static ushort Machine => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? (ushort)183 : (ushort)62;

    private static Target Target => new(Platform.Parse(Machine == 62 ? "linux-x64" : "linux-arm64"), new PythonMinor(3, 12));

    private static byte[] Elf(string[] needed, string? runPath = null, string? rPath = null) => NativeMaker.Elf(needed, Machine, runPath, rPath: rPath);

    private static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    private async Task CompileAsync(string compiler, string path, IEnumerable<string> options) =>
        await CliWrap.Cli.Wrap(compiler).WithArguments([.. new[] { "-shared", "-nostdlib", "-o", path, _folder.File("empty.c") }, .. options]).ExecuteAsync(TestContext.Current.CancellationToken);

    private NativeDistribution Distribution(params (string Place, byte[] Bytes)[] files) => new(PackageName.Parse("x"), "x 1.0", [.. files.Select(file => (file.Place, Module(file.Bytes)))], () => null);

    private NativeModule Module(byte[] bytes)
    {
        var path = _folder.File("image");
        File.WriteAllBytes(path, bytes);
        using var handle = File.OpenHandle(path);
        return new(InstallScheme.Platlib, "image", NativeImage.Read(handle));
    }

    private IReadOnlyList<Diagnostic> Check(LinuxLoader system, params (string Place, byte[] Bytes)[] files) => new NativeCheck(system, [Distribution(files)]).Run();

    /// <summary>What is missing of a distribution's files, on a machine with no list.</summary>
    private IEnumerable<string> Missing(params (string Place, byte[] Bytes)[] files) =>
        Check(new(Target, "/nowhere", null, "/nowhere"), files).Where(found => found.Severity == DiagnosticSeverity.Warning).SelectMany(found => found.Message[..found.Message.IndexOf(", which", StringComparison.Ordinal)]["x 1.0 needs ".Length..].Split(", "));
}

using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>How files come from the store, and what an edit in an environment does to others.</summary>
public sealed class LinkingFiles : IDisposable
{
    private const string Evil = "def answer():\n    return 66\n\n\ndef main():\n    print(66)\n";

    private readonly TestFolder _folder = new();
    private readonly MemorySource _source = new();
    private readonly List<Packaging.Diagnostic> _remarks = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<LinkMode, string> Edits { get; } = new(
        [LinkMode.Auto, LinkMode.HardLink, LinkMode.Symlink, LinkMode.Copy], ["written", "made writable and written", "written with its time put back", "replaced", "removed", "made writable"]);

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task An_edit_in_one_environment_does_not_reach_the_next(LinkMode link, string edit)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are those of POSIX");
        var python = await Pythons.BestAsync();
        var plan = Pythons.Plan(python, _source.Plan(new WheelMaker("edited").Module("edited")));
        await SyncAsync(plan, python, "one", link);
        var module = Module("one", python);
        Edit(module, edit);

        await SyncAsync(plan, python, "two", link);

        Assert.Equal("42", await Pythons.RunAsync(_folder.File("two", "bin", "python"), "-c", "import edited; print(edited.answer())"));
        Assert.Empty(await new Store(_folder.File("cache")).VerifyAsync(removes: false, Token));
        // A changed mode alone costs no second download.
        Assert.Equal(edit == "made writable" ? 1 : _source.Downloads, _source.Downloads);
        Assert.InRange(_source.Downloads, 1, 2);
        if (edit != "replaced" && edit != "removed" && link != LinkMode.Copy && _source.Downloads == 2)
            Assert.Contains(_remarks, remark => remark.Code == EnvironmentCodes.LayerDamaged && remark.Remedy is not null);
    }

    [Fact]
    public async Task Files_of_the_store_are_read_only_and_copies_are_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are those of POSIX");
        var python = await Pythons.BestAsync();
        var plan = Pythons.Plan(python, _source.Plan(new WheelMaker("edited").Module("edited")));
        foreach (var (link, isWritable) in new[] { (LinkMode.HardLink, false), (LinkMode.Copy, true) })
        {
            await SyncAsync(plan, python, link.ToString(), link);
            Assert.Equal(isWritable, !OperatingSystem.IsWindows() && File.GetUnixFileMode(Module(link.ToString(), python)).HasFlag(UnixFileMode.UserWrite));
        }
    }

    [Fact]
    public async Task The_best_that_the_file_system_offers_is_taken_and_told()
    {
        var python = await Pythons.BestAsync();
        var plan = Pythons.Plan(python, _source.Plan(new WheelMaker("linked").Module("linked")));

        var result = await SyncAsync(plan, python, "one", LinkMode.Auto);

        var expected = NativeFiles.Clone(_folder.Write("a", "a"), _folder.File("b")) == 0 ? LinkMode.Clone : LinkMode.HardLink;
        Assert.Equal(expected, result.Link);
        Assert.Contains(_remarks, remark => remark.Message.Contains(expected == LinkMode.Clone ? "link: clone." : "link: hardlink, as", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Across_file_systems_files_are_copied_and_a_link_is_refused_with_a_remedy()
    {
        var shared = $"/dev/shm/venvbuild-test-{Guid.NewGuid():N}";
        Require.That(Directory.Exists("/dev/shm") && NativeFiles.HardLink(_folder.Write("probe", ""), shared) == NativeFiles.CrossDevice, "a second file system at /dev/shm");
        try
        {
            var python = await Pythons.BestAsync();
            var plan = Pythons.Plan(python, _source.Plan(new WheelMaker("far").Module("far")));

            Assert.Equal(LinkMode.Copy, (await SyncAsync(plan, python, shared, LinkMode.Auto)).Link);
            Assert.Equal("42", await Pythons.RunAsync(Path.Combine(shared, "bin", "python"), "-c", "import far; print(far.answer())"));
            Assert.Contains(_remarks, remark => remark.Message.Contains("link: copy, as the cache is on another file system", StringComparison.Ordinal));
            var refused = await Assert.ThrowsAsync<Packaging.DiagnosticException>(() => SyncAsync(plan, python, shared + "-2", LinkMode.HardLink));
            Assert.Equal(EnvironmentCodes.LinkModeImpossible, refused.Diagnostics[0].Code);
            Assert.Contains("link: auto", refused.Diagnostics[0].Remedy, StringComparison.Ordinal);
            Assert.False(Directory.Exists(shared + "-2"));
        }
        finally
        {
            FolderRemoval.Remove(shared);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void Edit(string module, string edit)
    {
        var time = File.GetLastWriteTimeUtc(module);
        switch (edit)
        {
            case "written":
                Try(() => File.WriteAllText(module, Evil));
                break;
            case "made writable and written":
                MakeWritable(module);
                File.WriteAllText(module, Evil);
                break;
            case "written with its time put back":
                MakeWritable(module);
                File.WriteAllText(module, Evil);
                File.SetLastWriteTimeUtc(module, time);
                break;
            case "replaced":
                File.WriteAllText(module + ".new", Evil);
                File.Move(module + ".new", module, overwrite: true);
                break;
            case "removed":
                File.Delete(module);
                break;
            default:
                MakeWritable(module);
                break;
        }
    }

    private static void Try(Action edit)
    {
        try
        {
            edit();
        }
        catch (UnauthorizedAccessException)
        {
            // This is what a user sees: the edit does not happen. Root is not stopped.
        }
    }

    private static void MakeWritable(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string Module(string environment, Interpreter python) => _folder.File(environment, "lib", $"python3.{python.Minor}", "site-packages", "edited", "__init__.py");

    private Task<SyncResult> SyncAsync(EnvironmentPlan plan, Interpreter python, string environment, LinkMode link) =>
        new EnvironmentInstaller(_folder.File("cache")).SyncAsync(plan, python, _folder.File(environment), _source, new() { Link = link, Remark = _remarks.Add }, cancellationToken: Token);
}

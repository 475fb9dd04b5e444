using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>An environment is held against what was installed, and whatever is otherwise is named.</summary>
public sealed class VerifyingEnvironments : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly MemorySource _source = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Env => _folder.File("env");

    private string Cache => _folder.File("cache");

    [Theory]
    [InlineData(LinkMode.Auto, true, false)]
    [InlineData(LinkMode.HardLink, false, true)]
    [InlineData(LinkMode.Symlink, true, true)]
    [InlineData(LinkMode.Copy, true, false)]
    public async Task However_an_environment_is_made_it_is_what_was_installed(LinkMode link, bool hasBytecode, bool withoutTests)
    {
        var python = await Pythons.BestAsync();
        await MakeAsync(python, hasBytecode, new() { Link = link, WithoutTests = withoutTests, Prompt = "mine" });
        var proof = EnvironmentVerification.Run(Env, Cache, Token);
        Assert.Empty(proof.Findings);
        Assert.Null(proof.Manifest);
        Assert.Equal(python.Executable, proof.Interpreter);
        Assert.True(proof.Files > 20);

        var manifest = await PackAsync(python, hasBytecode);
        using var bundle = BundleReader.Open(_folder.File("env.bundle"));
        await new EnvironmentInstaller(_folder.File("elsewhere")).InstallAsync(manifest, python, _folder.File("second"), bundle, new() { Link = link, WithoutTests = withoutTests, Signatures = new byte[] { 1 } }, cancellationToken: Token);
        var second = EnvironmentVerification.Run(_folder.File("second"), _folder.File("elsewhere"), Token);
        Assert.Empty(second.Findings);
        Assert.Equal(manifest.ToUtf8Bytes(), second.Manifest!.ToUtf8Bytes());
        Assert.Equal(new byte[] { 1 }, second.Signatures!.Value.ToArray());
    }

    [Fact]
    public async Task Each_change_is_found_at_its_place_by_its_kind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes and links are those of POSIX");
        var python = await Pythons.BestAsync();
        await MakeAsync(python, hasBytecode: true, new() { Link = LinkMode.Copy });
        var site = VenvLayout.Of(python).SitePackages;
        var found = new List<(EnvironmentFindingKind, string)>();

        Write($"{site}/first/__init__.py", "def answer():\n    return 43\n");
        Expect(EnvironmentFindingKind.Changed, $"{site}/first/__init__.py");
        Write($"{site}/first/__pycache__/__init__.{python.CacheTag}.pyc", "no bytecode");
        Expect(EnvironmentFindingKind.Changed, $"{site}/first/__pycache__/__init__.{python.CacheTag}.pyc");
        Write($"{site}/evil.pth", "import os");
        Expect(EnvironmentFindingKind.Added, $"{site}/evil.pth");
        Write("bin/ls", "#!/bin/sh\n");
        Expect(EnvironmentFindingKind.Added, "bin/ls");
        File.Delete(At($"{site}/first/data.txt"));
        Expect(EnvironmentFindingKind.Removed, $"{site}/first/data.txt");
        SetMode($"{site}/first/two.py", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Expect(EnvironmentFindingKind.Mode, $"{site}/first/two.py");
        SetMode($"{site}/first/run.sh", UnixFileMode.UserRead);
        Expect(EnvironmentFindingKind.Mode, $"{site}/first/run.sh");
        Replace($"{site}/first/three.py", "/etc/hostname");
        Expect(EnvironmentFindingKind.Link, $"{site}/first/three.py");
        Replace("bin/python", "/bin/sh");
        Expect(EnvironmentFindingKind.Link, "bin/python");
        Write("bin/first-cmd", "#!/bin/sh\necho other\n");
        Expect(EnvironmentFindingKind.Changed, "bin/first-cmd");
        Write("bin/first-script", Text("bin/first-script") + "print('more')\n");
        Expect(EnvironmentFindingKind.Changed, "bin/first-script");
        Write("bin/activate", "export PATH=/evil:$PATH\n");
        Expect(EnvironmentFindingKind.Changed, "bin/activate");
        Write("pyvenv.cfg", Text("pyvenv.cfg").Replace("site-packages = false", "site-packages = true", StringComparison.Ordinal));
        Expect(EnvironmentFindingKind.Changed, "pyvenv.cfg");
        Write($"{site}/first-1.0.dist-info/RECORD", Text($"{site}/first-1.0.dist-info/RECORD") + "evil.pth,,\n");
        Expect(EnvironmentFindingKind.Changed, $"{site}/first-1.0.dist-info/RECORD");
        Directory.Move(At($"{site}/second"), _folder.File("aside"));
        Directory.CreateSymbolicLink(At($"{site}/second"), _folder.File("aside"));
        Expect(EnvironmentFindingKind.Added, $"{site}/second");

        var proof = EnvironmentVerification.Run(Env, Cache, Token);
        Assert.Equal(
            found.OrderBy(one => one.Item2, StringComparer.Ordinal).Select(one => $"{one.Item1} {one.Item2}"),
            proof.Findings.Select(finding => $"{finding.Kind} {finding.Path}"));
        Assert.Equal("first 1.0", proof.Findings.Single(finding => finding.Path == $"{site}/first/data.txt").Distribution);

        void Expect(EnvironmentFindingKind kind, string place) => found.Add((kind, place));
        void Replace(string place, string target)
        {
            File.Delete(At(place));
            File.CreateSymbolicLink(At(place), target);
        }
    }

    [Fact]
    public async Task What_Python_compiled_itself_is_told_apart_from_what_it_would_take_unchecked()
    {
        var python = await Pythons.BestAsync();
        await MakeAsync(python, hasBytecode: false, new());
        var layout = VenvLayout.Of(python);
        await Pythons.RunAsync(At(layout.Executable), "-c", "import sys; sys.dont_write_bytecode = False; import first, first.two");
        var proof = EnvironmentVerification.Run(Env, Cache, Token);
        Assert.Empty(proof.Findings);
        var own = $"{layout.SitePackages}/first/__pycache__/__init__.{python.CacheTag}.pyc";
        Assert.Contains(own, proof.OwnBytecode);
        Assert.Equal(2, proof.OwnBytecode.Count);

        // Python takes this one whatever the source says.
        await Pythons.RunAsync(At(layout.Executable), "-c", $"import py_compile; py_compile.compile(r'{At($"{layout.SitePackages}/first/__init__.py")}', invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)");
        // And no module of ours is behind this one.
        File.Copy(At(own), At(own.Replace("__init__", "other", StringComparison.Ordinal)));
        Assert.Equal(
            [own, own.Replace("__init__", "other", StringComparison.Ordinal)],
            EnvironmentVerification.Run(Env, Cache, Token).Findings.Where(finding => finding.Kind == EnvironmentFindingKind.Added).Select(finding => finding.Path));
    }

    [Fact]
    public async Task Without_the_store_a_described_environment_proves_itself_and_another_does_not()
    {
        var python = await Pythons.BestAsync();
        var site = VenvLayout.Of(python).SitePackages;
        var manifest = await PackAsync(python, hasBytecode: true, Second);
        using (var bundle = BundleReader.Open(_folder.File("env.bundle")))
            await new EnvironmentInstaller(_folder.File("elsewhere")).InstallAsync(manifest, python, Env, bundle, new() { Link = LinkMode.Copy }, cancellationToken: Token);
        Assert.Empty(EnvironmentVerification.Run(Env, _folder.File("nowhere"), Token).Findings);

        // Whoever changes a file and its row changes the layer.
        var (file, record) = (At($"{site}/second/__init__.py"), At($"{site}/second-2.0.dist-info/RECORD"));
        var bytes = await File.ReadAllBytesAsync(file, Token);
        var changed = bytes.Append((byte)'\n').ToArray();
        await File.WriteAllBytesAsync(file, changed, Token);
        Assert.Equal(EnvironmentFindingKind.Changed, Assert.Single(EnvironmentVerification.Run(Env, _folder.File("nowhere"), Token).Findings).Kind);
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record, Token)).Replace(Row(bytes), Row(changed), StringComparison.Ordinal), Token);
        var finding = Assert.Single(EnvironmentVerification.Run(Env, _folder.File("nowhere"), Token).Findings);
        Assert.Contains("do not make the layer", finding.Message, StringComparison.Ordinal);

        await new EnvironmentInstaller(Cache).SyncAsync(Pythons.Plan(python, _source.Plan(Second())), python, _folder.File("plain"), _source, new() { Link = LinkMode.Copy }, cancellationToken: Token);
        Assert.Equal(EnvironmentFindingKind.Unproven, Assert.Single(EnvironmentVerification.Run(_folder.File("plain"), _folder.File("nowhere"), Token).Findings).Kind);

        static string Row(byte[] content)
        {
            var text = new System.Text.StringBuilder();
            RecordFile.AppendRow(text, "second/__init__.py", Sha256Digest.Of(content), content.Length);
            return text.ToString();
        }
    }

    [Fact]
    public async Task A_record_that_contradicts_itself_is_refused_and_a_foreign_environment_is_not_ours_to_judge()
    {
        var python = await Pythons.BestAsync();
        await MakeAsync(python, hasBytecode: false, new());
        var state = await File.ReadAllTextAsync(At(".venvbuild.json"), Token);
        await File.WriteAllTextAsync(At(".venvbuild.json"), state.Replace("\"first-1.0-py3", "\"first-1.1-py3", StringComparison.Ordinal), Token);
        Assert.Equal("PYENV1691", Refusal(ExitCode.Integrity));
        await File.WriteAllTextAsync(At(".venvbuild.json"), state[..^20], Token);
        Assert.Equal("PYENV1691", Refusal(ExitCode.Integrity));
        await File.WriteAllTextAsync(At(".venvbuild.json"), state, Token);
        await File.WriteAllTextAsync(At(".venvbuild.manifest.json"), "{}", Token);
        Assert.Equal("PYENV1651", Refusal(ExitCode.Integrity));
        File.Delete(At(".venvbuild.json"));
        Assert.Equal("PYENV1640", Refusal(ExitCode.Usage));

        string Refusal(ExitCode exitCode)
        {
            var refusal = Assert.Throws<DiagnosticException>(() => EnvironmentVerification.Run(Env, Cache, Token));
            Assert.Equal(exitCode, refusal.ExitCode);
            return refusal.Diagnostics[0].Code;
        }
    }

    [Fact]
    public async Task A_changed_byte_of_any_file_is_found()
    {
        var python = await Pythons.BestAsync();
        var manifest = await PackAsync(python, hasBytecode: true);
        using (var bundle = BundleReader.Open(_folder.File("env.bundle")))
            await new EnvironmentInstaller(_folder.File("elsewhere")).InstallAsync(manifest, python, Env, bundle, new() { Link = LinkMode.Copy }, cancellationToken: Token);
        var files = Directory.GetFiles(Env, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(path => new FileInfo(path).Length > 0 && !Path.GetFileName(path).StartsWith(".venvbuild", StringComparison.Ordinal)).ToArray();
        var random = new Random(20261124);
        for (var i = 0; i < 150; i++)
        {
            var path = files[random.Next(files.Length)];
            var bytes = await File.ReadAllBytesAsync(path, Token);
            var at = random.Next(bytes.Length);
            await File.WriteAllBytesAsync(path, [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]], Token);
            var place = Path.GetRelativePath(Env, path).Replace('\\', '/');
            Assert.True(EnvironmentVerification.Run(Env, _folder.File("elsewhere"), Token).Findings.Any(finding => finding.Path == place), $"{place} at {at}");
            await File.WriteAllBytesAsync(path, bytes, Token);
        }

        Assert.Empty(EnvironmentVerification.Run(Env, _folder.File("elsewhere"), Token).Findings);
    }

    public void Dispose() => _folder.Dispose();

    private static WheelMaker First()
    {
        var maker = new WheelMaker("first").Module("first").Script("first-cmd", "first:main");
        return maker.File("first/two.py", "x = 2\n").File("first/three.py", "x = 3\n").File("first/data.txt", "data").File("first/empty.txt", "").File("first/tests/__init__.py", "x = 1\n")
            .File("first/run.sh", "#!/bin/sh\n", isExecutable: true).File("first/a,b.txt", "comma")
            .File($"{maker.Data}/data/share/first/note.txt", "note").File($"{maker.Data}/headers/first.h", "// header")
            .File($"{maker.Data}/scripts/first-script", "#!python\nprint('hi')\n").File($"{maker.Data}/scripts/first-sh", "#!/bin/sh\necho hi\n");
    }

    private static WheelMaker Second() => new WheelMaker("second", "2.0").Module("second", 2).Script("second-cmd", "second:main");

    private Task<SyncResult> MakeAsync(Interpreter python, bool hasBytecode, SyncOptions options) => new EnvironmentInstaller(Cache).SyncAsync(
        new(python.ToTarget(), [_source.Plan(First()), _source.Plan(Second())], hasBytecode), python, Env, _source, options, cancellationToken: Token);

    private async Task<EnvironmentManifest> PackAsync(Interpreter python, bool hasBytecode, params Func<WheelMaker>[] makers)
    {
        var wheels = (makers.Length > 0 ? makers : [First, Second]).Select(make => _source.Plan(make()));
        using var build = await new EnvironmentBuilder(Cache).BuildAsync(new(python.ToTarget(), wheels, hasBytecode), python, _source, new(), null, Token);
        await BundleWriter.WriteFileAsync(build, _folder.File("env.bundle"), Token);
        return build.Manifest;
    }

    private string At(string place) => Path.Combine(Env, place);

    private string Text(string place) => File.ReadAllText(At(place));

    private void SetMode(string place, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(place), mode);
    }

    private void Write(string place, string content)
    {
        var path = At(place);
        if (File.Exists(path))
            File.SetAttributes(path, FileAttributes.Normal);
        File.WriteAllText(path, content);
    }
}

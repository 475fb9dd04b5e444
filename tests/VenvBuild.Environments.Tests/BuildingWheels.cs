using System.Diagnostics;
using System.Globalization;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Wheels from sdists by the backend in their own tree, without any network.</summary>
public sealed class BuildingWheels
{
    private const string Plain = "module = 'answer = 42'";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_sdist_is_built_once_and_its_wheel_kept()
    {
        using var folder = new TestFolder();
        var said = new List<string>();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new() { Live = said.Add });
        var source = new SdistMaker("made").Builds(Plain).ToSource();

        var first = await builder.BuildAsync(source, Token);
        var second = await builder.BuildAsync(source, Token);

        Assert.Equal(("made-1.0-py3-none-any.whl", first.Sha256, first.Path), (first.File.Text, second.Sha256, second.Path));
        Assert.Equal(first.Sha256, FileDigest.Of(first.Path, Token));
        Assert.Single(said, line => line == "building made");
        Assert.Contains("building made", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder.File("cache", "build-logs-v1"))), Token), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(folder.File("cache", "builds", "v1", ".staging")));
    }

    [Fact]
    public async Task A_damaged_wheel_is_built_again_to_the_same_bytes()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());
        var source = new SdistMaker("made").Builds(Plain).ToSource();
        var first = await builder.BuildAsync(source, Token);

        await File.WriteAllTextAsync(first.Path, "damaged", Token);
        var second = await builder.BuildAsync(source, Token);

        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Equal(first.Sha256, FileDigest.Of(second.Path, Token));
    }

    [Theory]
    [InlineData("'answer = 42'", true)]
    [InlineData("'answer = %r' % os.urandom(8)", false)]
    public async Task A_second_build_tells_once_whether_the_same_bytes_come_out(string module, bool isSame)
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var (said, reports) = (new List<string>(), new List<Diagnostic>());
        var options = new SourceBuildOptions { Live = said.Add, Report = reports.Add };
        var python = await Pythons.BestAsync();
        var source = new SdistMaker("made").Builds($"module = {module}").ToSource();

        var first = await new WheelBuilder(index, python, options).BuildAsync(source, Token);
        Assert.Null(first.IsReproducible);
        for (var i = 0; i < 2; i++)
        {
            var compared = await new WheelBuilder(index, python, options with { ComparesBuilds = true }).BuildAsync(source, Token);
            Assert.Equal((isSame, first.Sha256), (compared.IsReproducible, compared.Sha256));
        }

        Assert.Equal(2, said.Count(line => line == "building made"));
        Assert.Equal(isSame ? 0 : 2, reports.Count(report => report.Code == BuildCodes.NotReproducible && report.Severity == DiagnosticSeverity.Warning));
    }

    [Fact]
    public async Task Built_wheels_are_checked_and_pruned_with_the_store()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());
        var wheel = await builder.BuildAsync(new SdistMaker("made").Builds(Plain).ToSource(), Token);
        var store = new Store(folder.File("cache"));

        Assert.Empty(await store.VerifyAsync(false, Token));
        await File.AppendAllTextAsync(wheel.Path, "!", Token);
        Assert.Equal((wheel.Path, "made-1.0-py3-none-any.whl"), Assert.Single(await store.VerifyAsync(false, Token)) is var damage ? (damage.Path, damage.Owner) : default);
        await store.PruneAsync(new() { MaxBytes = 0 }, Token);
        Assert.False(Directory.Exists(Path.GetDirectoryName(wheel.Path)));
    }

    [Fact]
    public async Task Metadata_are_prepared_without_building_and_are_those_of_the_wheel_afterwards()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var said = new List<string>();
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new() { Live = said.Add });
        var source = new SdistMaker("made").Requires("six >=1").Builds(Plain).ToSource();

        var metadata = CoreMetadata.Parse(await builder.GetMetadataAsync(source, Token));

        Assert.Equal("six>=1", Assert.Single(metadata.RequiresDist).ToString());
        Assert.DoesNotContain("building made", said);
    }

    [Fact]
    public async Task A_build_sees_its_tree_one_date_and_nothing_that_redirects_it()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());
        var source = new SdistMaker("made").File("data.txt", "from the tree").Builds(
            "module = repr((open('data.txt').read(), os.environ['SOURCE_DATE_EPOCH'], sorted(n for n in os.environ if n.startswith(('PIP_', 'VENVBUILD_'))), os.getcwd() in sys.path, sys.prefix != sys.base_prefix))").ToSource();

        var wheel = await builder.BuildAsync(source, Token);

        Assert.Equal("('from the tree', '315619200', [], False, True)", Read(wheel, "made.py"));
    }

    [Fact]
    public async Task A_failing_build_is_told_with_the_end_of_its_log()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());
        var source = new SdistMaker("made").Builds("print('\\n'.join('line %d' % i for i in range(1000))); raise RuntimeError('the compiler \\x1b[31mis missing')").ToSource();

        var failed = await Assert.ThrowsAsync<DiagnosticException>(() => builder.BuildAsync(source, Token));

        var error = Assert.Single(failed.Diagnostics);
        Assert.Equal((ExitCode.BuildFailed, BuildCodes.BuildFailed), (failed.ExitCode, error.Code));
        Assert.Contains("made-1.0.tar.gz", error.Message, StringComparison.Ordinal);
        Assert.Contains("the compiler \uFFFD[31mis missing", error.Detail, StringComparison.Ordinal);
        Assert.Contains("line 999", error.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("line 900\n", error.Detail, StringComparison.Ordinal);
        Assert.Contains("line 0", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder.File("cache", "build-logs-v1"))), Token), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(folder.File("cache", "builds", "v1", ".staging")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_build_that_takes_too_long_or_is_cancelled_ends_with_all_its_processes(bool isCancelled)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "looks at processes as POSIX does");
        using var folder = new TestFolder();
        await using var index = Open(folder);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var child = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(string line)
        {
            if (line.StartsWith("child ", StringComparison.Ordinal))
                child.TrySetResult(int.Parse(line[6..], CultureInfo.InvariantCulture));
        }

        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new() { Live = Hear, Timeout = isCancelled ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(5) });
        var source = new SdistMaker("made").Builds("import subprocess; p = subprocess.Popen(['sleep', '600']); print('child %d' % p.pid); p.wait()").ToSource();

        var build = builder.BuildAsync(source, cancellation.Token);
        // On a machine that is very busy the time may be up before there is a child.
        await Task.WhenAny(child.Task, build).WaitAsync(TimeSpan.FromMinutes(1), Token);
        if (isCancelled)
        {
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build);
        }
        else
        {
            var failed = await Assert.ThrowsAsync<DiagnosticException>(() => build);
            Assert.Equal(ExitCode.BuildFailed, failed.ExitCode);
            Assert.Contains("longer than 5 seconds", failed.Diagnostics[0].Message, StringComparison.Ordinal);
        }

        Assert.True(!child.Task.IsCompleted || await EndsAsync(await child.Task));
    }

    [Theory]
    [InlineData("globals()['NAME'] = 'other'; module = ''", "other 1.0")]
    [InlineData("return '../made-1.0-py3-none-any.whl'", "it is a path")]
    [InlineData("return 'made-1.0-py3-none-any.whl'", "no wheel")]
    [InlineData("open(os.path.join(folder, 'made-1.0-cp27-none-any.whl'), 'w').write('x'); return 'made-1.0-cp27-none-any.whl'", "does not fit")]
    [InlineData("return 5", "none")]
    public async Task What_is_not_the_wheel_that_was_asked_for_is_refused(string body, string why)
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());

        var failed = await Assert.ThrowsAsync<DiagnosticException>(() => builder.BuildAsync(new SdistMaker("made").Builds(body).ToSource(), Token));

        Assert.Equal((ExitCode.BuildFailed, BuildCodes.WrongResult), (failed.ExitCode, failed.Diagnostics[0].Code));
        Assert.Contains(why, failed.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_wheel_is_refused_as_any_wheel_is()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());
        var source = new SdistMaker("made").Builds(
            "with zipfile.ZipFile(os.path.join(folder, 'made-1.0-py3-none-any.whl'), 'w') as z: z.writestr('../evil.py', '')\nreturn 'made-1.0-py3-none-any.whl'").ToSource();

        var failed = await Assert.ThrowsAsync<DiagnosticException>(() => builder.BuildAsync(source, Token));

        Assert.Equal(EnvironmentCodes.NameRefused, failed.Diagnostics[0].Code);
    }

    [Fact]
    public async Task A_tree_that_says_nothing_about_its_build_is_refused()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());
        foreach (var text in new[] { "[build-system]\n", "no toml" })
        {
            var failed = await Assert.ThrowsAsync<DiagnosticException>(() => builder.BuildAsync(new SdistMaker("made").File("pyproject.toml", text).ToSource(), Token));
            Assert.Equal((ExitCode.BuildFailed, BuildCodes.BuildSystemFault), (failed.ExitCode, failed.Diagnostics[0].Code));
        }
    }

    [Fact]
    public async Task A_build_whose_requirements_cannot_be_had_names_them()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());
        var source = new SdistMaker("made").File("pyproject.toml", "[build-system]\nrequires = ['nowhere-builder>=2']\nbuild-backend = 'x'\n").ToSource();

        var failed = await Assert.ThrowsAsync<DiagnosticException>(() => builder.BuildAsync(source, Token));

        Assert.Equal((ExitCode.BuildFailed, BuildCodes.RequirementsUnmet), (failed.ExitCode, failed.Diagnostics[0].Code));
        Assert.Contains("nowhere-builder", failed.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_built_from_a_copy_and_again_when_it_changes()
    {
        using var folder = new TestFolder();
        await using var index = Open(folder);
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new());
        var maker = new SdistMaker("made").File("data.txt", "one").Builds("open('left.txt', 'w').close(); module = open('data.txt').read()");
        maker.WriteTo(folder.File("lib"));
        var before = Snapshot(folder.File("lib"));

        var first = await builder.BuildAsync(BuildSource.OfFolder(PackageName.Parse("made"), folder.File("lib"), Token), Token);
        folder.Write("lib/__pycache__/x.pyc", "no source");
        var same = await builder.BuildAsync(BuildSource.OfFolder(PackageName.Parse("made"), folder.File("lib"), Token), Token);
        Directory.Delete(folder.File("lib", "__pycache__"), recursive: true);
        Assert.Equal(before, Snapshot(folder.File("lib")));
        folder.Write("lib/data.txt", "two");
        var changed = await builder.BuildAsync(BuildSource.OfFolder(PackageName.Parse("made"), folder.File("lib"), Token), Token);

        Assert.Equal((first.Path, "one", "two"), (same.Path, Read(first, "made.py"), Read(changed, "made.py")));
    }

    [Fact]
    public async Task A_sandboxed_build_sees_neither_home_nor_network()
    {
        Require.That(OperatingSystem.IsLinux(), "namespaces of Linux");
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        try
        {
            await BuildSandbox.FindAsync(isSealed: false, [python.BasePrefix], Token);
        }
        catch (DiagnosticException refusal)
        {
            Require.That(false, refusal.Diagnostics[0].Message);
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var secret = Path.Combine(home, $".venvbuild-test-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(secret, "secret", Token);
        try
        {
            await using var index = Open(folder);
            var builder = new WheelBuilder(index, python, new() { IsSandboxed = true });
            var source = new SdistMaker("made").Builds($"import socket; module = repr((os.path.exists({Quoted(secret)}), [n for _, n in socket.if_nameindex() if n != 'lo']))").ToSource();

            Assert.Equal("(False, [])", Read(await builder.BuildAsync(source, Token), "made.py"));
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Theory]
    [InlineData(true, false, "bubblewrap (bwrap) with namespaces that this kernel allows")]
    [InlineData(false, false, "unshare with namespaces that this kernel allows")]
    [InlineData(true, true, "bubblewrap (bwrap) with namespaces that this kernel allows")]
    [InlineData(false, true, "unshare with namespaces that this kernel allows")]
    public async Task Each_kind_of_sandbox_has_an_empty_home_no_network_and_only_its_own_folder_to_write_in(bool isBubblewrap, bool isSealed, string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "namespaces are those of Linux");
        using var folder = new TestFolder();
        var own = Directory.CreateDirectory(folder.File("own")).FullName;
        var python = await Pythons.BestAsync();
        folder.Write("read/only", "x");
        folder.Write("hidden", "x");
        var sandbox = await BuildSandbox.FindAsync(isBubblewrap, isSealed, [python.BasePrefix], Token);
        Require.That(sandbox is not null, what);

        var secret = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), $".venvbuild-test-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(secret, "secret", Token);
        CliWrap.Buffered.BufferedCommandResult result;
        try
        {
            var command = sandbox!.Wrap(
                ["sh", "-c", $"cat '{secret}' 2>/dev/null; grep -c ':' /proc/net/dev; echo x > inside && echo wrote; pwd; [ $(ls /proc | grep -c '^[0-9]') -lt 10 ] && echo alone; "
                    + $"cat ../read/only && echo; echo y > ../read/only || rm ../read/only || echo kept; umount '{Path.GetDirectoryName(secret)}' || umount /proc || echo shut; cat ../hidden; cat /etc/passwd | head -c 4; exit 7"],
                own, [own], [folder.File("read")]);
            result = await CliWrap.Buffered.BufferedCommandExtensions.ExecuteBufferedAsync(
                CliWrap.Cli.Wrap(command[0]).WithArguments(command.Skip(1)).WithValidation(CliWrap.CommandResultValidation.None), Token);
        }
        finally
        {
            File.Delete(secret);
        }

        Assert.Equal($"1\nwrote\n{own}\nalone\nx\nkept\nshut{(isSealed ? "" : "\nxroot")}", result.StandardOutput.Trim());
        Assert.Equal(7, result.ExitCode);
        Assert.True(File.Exists(Path.Combine(own, "inside")));
    }

    private static string Quoted(string text) => $"'{text}'";

    private static PackageIndex Open(TestFolder folder) => new(new() { Indexes = [], Cache = new(folder.File("cache")) });

    private static string Snapshot(string folder) =>
        string.Join('\n', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => $"{path} {FileDigest.Of(path)}"));

    private static string Read(BuiltWheel wheel, string entry)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(wheel.Path);
        using var reader = new StreamReader(zip.GetEntry(entry)!.Open());
        return reader.ReadToEnd();
    }

    private static async Task<bool> EndsAsync(int process)
    {
        for (var i = 0; i < 200; i++)
        {
            try
            {
                using var found = Process.GetProcessById(process);
                if (found.HasExited || (await File.ReadAllTextAsync($"/proc/{process}/stat", Token)).Contains(") Z", StringComparison.Ordinal))
                    return true;
            }
            catch (Exception e) when (e is ArgumentException or IOException or InvalidOperationException)
            {
                return true;
            }

            await Task.Delay(50, Token);
        }

        return false;
    }
}

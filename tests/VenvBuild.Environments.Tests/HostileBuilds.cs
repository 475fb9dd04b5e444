using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Builds of sources that mean harm, sealed and within bounds.</summary>
public sealed class HostileBuilds
{
    private static readonly BuildBounds Small = new() { MemoryBytes = 200 << 20, DiskBytes = 20 << 20, OutputBytes = 1 << 20, Tasks = 40 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("while True: os.fork()", "more than 40 processes|Resource temporarily unavailable|more than 200 MiB of memory")]
    [InlineData("import threading, time\nfor i in range(500): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\ntime.sleep(600)", "more than 40 processes|can't start new thread")]
    [InlineData("x = [bytearray(os.urandom(1 << 20)) for i in range(4000)]", "more than 200 MiB of memory")]
    [InlineData("while True: os.write(1, b'x' * 10000)", "said more than 1 MiB")]
    [InlineData("while True: print('y')", "said more than 1 MiB")]
    [InlineData("import time; open('big', 'wb').write(b'0' * (30 << 20)); time.sleep(600)", "wrote more than 20 MiB|File too large")]
    [InlineData("import time; time.sleep(600)", "longer than 5 seconds")]
    public async Task What_uses_more_than_it_may_is_stopped(string code, string why)
    {
        await RequireAsync();
        using var folder = new TestFolder();
        await using var index = new PackageIndex(new() { Indexes = [], Cache = new(folder.File("cache")) });
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new() { IsSealed = true, Bounds = Small, Timeout = why.StartsWith("longer", StringComparison.Ordinal) ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(2) });

        var failed = await Assert.ThrowsAsync<DiagnosticException>(() => builder.BuildAsync(new SdistMaker("made").Builds(Escaped(code)).ToSource(), Token));

        Assert.Equal(ExitCode.BuildFailed, failed.ExitCode);
        Assert.Matches(why, failed.Diagnostics[0].Message + failed.Diagnostics[0].Detail);
        Assert.Empty(Directory.GetDirectories(folder.File("cache", "builds", "v1", ".staging")));
    }

    [Fact]
    public async Task A_sealed_build_sees_no_file_variable_network_or_process_of_the_machine_and_leaves_nothing_running()
    {
        await RequireAsync();
        using var folder = new TestFolder();
        folder.Write("secret", "s3cret");
        await using var index = new PackageIndex(new() { Indexes = [], Cache = new(folder.File("cache")) });
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new() { IsSealed = true, Bounds = new() });
        Environment.SetEnvironmentVariable("VENVBUILD_TEST_SECRET", "s3cret");
        var code = "import socket, subprocess\n"
            + $"seen = [os.path.exists('{folder.File("secret")}'), os.path.exists('/etc/passwd'), "
            + $"os.path.exists('{Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}/.bashrc'), "
            + "'VENVBUILD_TEST_SECRET' in os.environ, [n for _, n in socket.if_nameindex() if n != 'lo'], len([n for n in os.listdir('/proc') if n.isdigit()]) < 6]\n"
            + "subprocess.Popen(['sleep', '987'], start_new_session=True)\nmodule = repr(seen)";

        var wheel = await builder.BuildAsync(new SdistMaker("made").Builds(Escaped(code)).ToSource(), Token);

        using var zip = await System.IO.Compression.ZipFile.OpenReadAsync(wheel.Path, Token);
        using var reader = new StreamReader(await zip.GetEntry("made.py")!.OpenAsync(Token));
        Assert.Equal("[False, False, False, False, [], True]", await reader.ReadToEndAsync(Token));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc").Where(path => char.IsDigit(path[^1])), path => Command(path).Contains("sleep\0987", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("os.remove(place); os.mkfifo(place); os._exit(0)")]
    [InlineData("os.remove(place); os.symlink('/etc/hostname', place); os._exit(0)")]
    [InlineData("os.rename(place, place + '.old'); os.symlink('/', place); os._exit(0)")]
    public async Task What_is_left_in_the_place_of_an_answer_is_not_followed(string trick)
    {
        await RequireAsync();
        using var folder = new TestFolder();
        await using var index = new PackageIndex(new() { Indexes = [], Cache = new(folder.File("cache")) });
        var builder = new WheelBuilder(index, await Pythons.BestAsync(), new() { IsSealed = true, Bounds = new() });
        var code = $"place = sys.argv[2]\nopen(place, 'w').close()\n{trick}";

        var failed = await Assert.ThrowsAsync<DiagnosticException>(() => builder.BuildAsync(new SdistMaker("made").Builds(Escaped(code)).ToSource(), Token));

        Assert.Equal((ExitCode.BuildFailed, BuildCodes.BuildFailed), (failed.ExitCode, failed.Diagnostics[0].Code));
    }

    private static string Escaped(string code) => $"import os, sys; exec({System.Text.Json.JsonSerializer.Serialize(code)}, globals())";

    private static string Command(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task RequireAsync()
    {
        Require.That(OperatingSystem.IsLinux(), "namespaces of Linux");
        try
        {
            await BuildSandbox.FindAsync(isSealed: true, [], Token);
        }
        catch (DiagnosticException refusal)
        {
            Require.That(false, refusal.Diagnostics[0].Message);
        }
    }
}

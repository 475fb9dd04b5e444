using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>A native module that needs what this machine lacks: what a person sees of it, before an import fails.</summary>
public sealed class MissingLibraries
{
    [Fact]
    public async Task Sync_warns_doctor_finds_it_and_the_check_called_libraries_refuses_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the loader is that of Linux");
        await using var project = new ToolProject();
        var wheel = new WheelMaker("cv").Module("cv").File("cv/cv.abi3.so", NativeMaker.Elf(["libnobody-has-this.so.1"], Machine()));
        project.Index.Add(new("cv", wheel.FileName, wheel.ToArray()));
        project.Ask("cv");

        var sync = await project.RunAsync("sync");
        Assert.Equal(0, sync.ExitCode);
        Assert.Contains("warning PYENV1662: cv 1.0 needs libnobody-has-this.so.1, which is not on this machine: lib/python3", sync.Error, StringComparison.Ordinal);

        var doctor = await project.RunAsync("doctor");
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("BAD   libraries: cv 1.0 needs libnobody-has-this.so.1", doctor.Output, StringComparison.Ordinal);

        project.Ask("cv", "checks: [libraries, imports]\n");
        var refused = await project.RunAsync("sync", "--path", "other");
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("error PYENV1662", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.At("other")));

        project.Ask("cv", "checks: [imports]\n");
        Assert.Equal(0, (await project.RunAsync("sync", "--path", "other")).ExitCode);
    }

    private static ushort Machine() => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? (ushort)183 : (ushort)62;
}

using System.Security.Cryptography;
using System.Text;
using VenvBuild.Environments;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>Environments for machines that are not here and have no Python: it goes along, fetched for their platform.</summary>
public sealed class ForeignPythons
{
    private const string Platforms = "python: \"==3.12.*\"\nplatforms: [linux-arm64, osx-arm64, win-x64]\n";
    private const string Release = "20260101";

    [Fact]
    public async Task Bundles_and_folders_take_the_mirrors_Python_of_their_platform_along()
    {
        await using var project = new ToolProject();
        project.Offer("demo");
        project.Ask("demo", Platforms);
        Serve(
            project,
            ("cpython-3.12.4+20260101-aarch64-unknown-linux-gnu-install_only_stripped.tar.gz", PythonPackageMaker.Standalone("3.12", NativeMaker.Elf(["libc.so.6"], machine: 183))),
            ("cpython-3.12.4+20260101-aarch64-apple-darwin-install_only.tar.gz", PythonPackageMaker.Standalone("3.12", NativeMaker.MachO(["/usr/lib/libSystem.B.dylib"]))),
            ("cpython-3.12.4+20260101-x86_64-pc-windows-msvc-install_only_stripped.tar.gz", PythonPackageMaker.StandaloneWindows("3.12")));

        var matrix = await project.RunAsync("build", "--matrix", "--with-python", "-o", "bundles");

        Assert.True(matrix.ExitCode == 0, matrix.Error + matrix.Output);
        var bundles = Directory.GetFiles(project.At("bundles"), "*.bundle").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["project-linux-arm64-cp312.bundle", "project-osx-arm64-cp312.bundle", "project-win-x64-cp312.bundle"], bundles.Select(Path.GetFileName));
        foreach (var path in bundles)
        {
            using var bundle = BundleReader.Open(path);
            Assert.Equal("3.12.4", bundle.Manifest.Interpreter!.Wheel.Version.ToString());
        }

        // What was fetched is there for the next, without a network.
        var folder = await project.RunAsync("build", "--offline", "--platform", "win-x64", "--with-python", "-o", "app");
        Assert.True(folder.ExitCode == 0, folder.Error);
        Assert.True(File.Exists(project.At("app", "python.exe")) && File.Exists(project.At("app", "Lib", "site-packages", "demo", "__init__.py")));
        var plain = await project.RunAsync("build", "--offline", "--platform", "win-x64", "-o", "venv");
        Assert.True(File.Exists(project.At("venv", "Scripts", "python.exe")), plain.Error);
        Assert.DoesNotContain("has no Scripts", plain.Error, StringComparison.Ordinal);
        var linux = await project.RunAsync("build", "--offline", "--platform", "linux-arm64", "--with-python", "-o", "arm");
        Assert.True(File.Exists(project.At("arm", "bin", "python3.12")), linux.Error);
        Assert.False(Path.Exists(project.At("arm", "lib", "python3.12", "site-packages", "left")));
        Assert.Equal(0, (await project.RunAsync("cache", "verify")).ExitCode);
    }

    [Fact]
    public async Task A_NuGet_feed_serves_Windows_and_a_program_for_another_machine_is_refused()
    {
        await using var project = new ToolProject();
        project.Offer("demo");
        project.Ask("demo", Platforms);
        project.Variables["VENVBUILD_PYTHON_MIRROR"] = PythonPackageMaker.ServeFeed(project.Index, "python", "3.12.9", PythonPackageMaker.NuGet("3.12", machine: 0xAA64)).AbsoluteUri;
        var refused = await project.RunAsync("python", "install", "3.12", "--platform", "win-x64");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("no program for win-x64", refused.Error, StringComparison.Ordinal);

        PythonPackageMaker.ServeFeed(project.Index, "python", "3.12.9", PythonPackageMaker.NuGet("3.12"));
        var build = await project.RunAsync("build", "--platform", "win-x64", "-o", "venv");
        Assert.True(File.Exists(project.At("venv", "Scripts", "python.exe")), build.Error);

        var none = await project.RunAsync("build", "--platform", "osx-arm64", "--with-python", "-o", "mac.bundle");
        Assert.Equal(3, none.ExitCode);
        Assert.Contains("has no Python 3.12 for osx-arm64", none.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await project.RunAsync("build", "--with-python")).ExitCode);
        Assert.Equal(2, (await project.RunAsync("python", "install", "--platform", "win-x64")).ExitCode);
    }

    private static void Serve(ToolProject project, params (string Name, byte[] Archive)[] archives)
    {
        void Put(string path, byte[] body) => project.Index.Always(path, new(200, "application/octet-stream", body));
        Put("/pythons/latest-release.json", Encoding.UTF8.GetBytes($$"""{"version": 1, "tag": "{{Release}}"}"""));
        Put($"/pythons/{Release}/SHA256SUMS", Encoding.UTF8.GetBytes(string.Concat(archives.Select(archive => $"{Convert.ToHexStringLower(SHA256.HashData(archive.Archive))}  {archive.Name}\n"))));
        foreach (var (name, archive) in archives)
        {
            Put($"/pythons/{Release}/{name}", archive);
            Put($"/pythons/{Release}/{Uri.EscapeDataString(name)}", archive);
        }
    }
}

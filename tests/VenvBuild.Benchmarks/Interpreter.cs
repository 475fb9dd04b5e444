using System.Diagnostics;

namespace VenvBuild.Benchmarks;

/// <summary>The CPython that environments are made for.</summary>
internal static class Interpreter
{
    /// <summary>The Python minor that the slice's wheels are for.</summary>
    public const string Version = "3.11";

    private const string Question = "import sys; print(sys._base_executable if sys.version_info[:2] == (3, 11) else '')";

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>The executable itself, no shim in front of it; empty where there is none.</summary>
    public static string Path => Found.Value ?? "";

    private static string? Find()
    {
        foreach (var name in (string[])["python" + Version, "python3", "/usr/bin/python" + Version])
        {
            try
            {
                var start = new ProcessStartInfo(name, ["-I", "-c", Question]) { RedirectStandardOutput = true, RedirectStandardError = true };
                using var process = Process.Start(start)!;
                var answer = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                if (process.ExitCode == 0 && answer.Length > 0)
                    return answer;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is none of that name.
            }
        }

        return null;
    }
}

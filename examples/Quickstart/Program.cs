using System.Diagnostics;
using Quickstart;

// The build made the environment and this class with its paths: nothing is searched for, nothing is installed at run time.
var python = new ProcessStartInfo(PyEnv.PythonExecutable) { RedirectStandardOutput = true };
python.ArgumentList.Add("-c");
python.ArgumentList.Add("""
    import platform
    from venvbuild_demo_report import report
    print(report([3, 1, 4, 1, 5, 9, 2, 6]), "Python", platform.python_version())
    """);

using var process = Process.Start(python)!;
var answer = await process.StandardOutput.ReadToEndAsync();
await process.WaitForExitAsync();

Console.WriteLine($"Python says: {answer.TrimEnd()}");
Console.WriteLine($"It lives in: {PyEnv.Directory}");
return process.ExitCode;

using System.Diagnostics;

namespace VenvBuild.Testing;

/// <summary>The server of the recorded slice of PyPI, as a child process on loopback; it ends with this object, or with this process.</summary>
public sealed class SliceServer : IAsyncDisposable
{
    private const string Mark = "LISTENING ";

    private readonly Process _process;

    private SliceServer(Process process, Uri simple)
    {
        _process = process;
        Simple = simple;
    }

    /// <summary>The root of the simple API.</summary>
    public Uri Simple { get; }

    /// <summary>Starts the server with further options, such as <c>--full</c>; skips the test where the slice or Python is absent.</summary>
    public static async Task<SliceServer> StartAsync(params string[] options)
    {
        var script = Path.Combine(Require.Slice(), "serve.py");
        var start = new ProcessStartInfo("python3")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            ArgumentList = { script, "--parent", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        };
        foreach (var option in options)
            start.ArgumentList.Add(option);
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Said below.
        }

        Require.That(process is not null, "python3, to serve the slice of PyPI");
        try
        {
            // The first start of all unpacks the slice.
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            while (await process!.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith(Mark, StringComparison.Ordinal))
                    return new(process, new Uri(line[Mark.Length..].Trim()));
            }

            throw new InvalidOperationException("The slice's server ended before it listened.");
        }
        catch
        {
            process!.Kill();
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        _process.Dispose();
    }
}

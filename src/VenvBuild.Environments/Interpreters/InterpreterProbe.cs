using System.Text;
using CliWrap;

namespace VenvBuild.Environments;

/// <summary>Asks one executable what Python it is, by running it once, isolated, with a bound on time and output.</summary>
internal static class InterpreterProbe
{
    private const int MaxOutput = 256 * 1024;
    private const string Marker = "venvbuild-interpreter:";

    // Runs on any Python 3 so that a too old one can say so. Python writes ASCII here whatever the locale: json escapes the rest.
    private const string Script = """
        import json, os, platform, sys, sysconfig
        def libc():
            try:
                name, _, version = os.confstr('CS_GNU_LIBC_VERSION').partition(' ')
                if name == 'glibc':
                    return version, None
            except (AttributeError, ValueError, OSError):
                pass
            if sys.platform.startswith('linux'):
                import glob, re, subprocess
                for loader in glob.glob('/lib/ld-musl-*.so.1'):
                    p = subprocess.Popen([loader], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    found = re.search(r'Version (\d+\.\d+)', p.communicate()[1].decode('ascii', 'replace'))
                    if found:
                        return None, found.group(1)
            return None, None
        glibc, musl = libc()
        impl = sys.implementation
        v = impl.version
        kind = '' if v.releaselevel == 'final' else v.releaselevel[0] + str(v.serial)
        import importlib.util
        print('venvbuild-interpreter:' + json.dumps({
            'executable': getattr(sys, '_base_executable', None) or sys.executable,
            'version': [sys.version_info[0], sys.version_info[1]],
            'implementation_name': impl.name,
            'implementation_version': '%d.%d.%d%s' % (v.major, v.minor, v.micro, kind),
            'os_name': os.name,
            'platform_machine': platform.machine(),
            'platform_release': platform.release(),
            'platform_system': platform.system(),
            'platform_version': platform.version(),
            'python_full_version': platform.python_version(),
            'platform_python_implementation': platform.python_implementation(),
            'sys_platform': sys.platform,
            'free_threaded': bool(sysconfig.get_config_var('Py_GIL_DISABLED')),
            'soabi': sysconfig.get_config_var('SOABI') or '',
            'platform': sysconfig.get_platform(),
            'glibc': glibc,
            'musl': musl,
            'macos': platform.mac_ver()[0] or None,
            'base_prefix': sys.base_prefix,
            'stdlib': sysconfig.get_path('stdlib'),
            'headers': sysconfig.get_path('include'),
            'cache_tag': impl.cache_tag or '',
            'magic': ''.join('%02x' % b for b in importlib.util.MAGIC_NUMBER),
            'bits': 64 if sys.maxsize > 2 ** 32 else 32,
        }))
        """;

    /// <summary>Runs the executable. Answers its description as JSON, or why there is none.</summary>
    public static async Task<(string? Json, string? Failure)> AskAsync(string executable, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        var errors = new StringBuilder();
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        expiry.CancelAfter(timeout);
        try
        {
            var result = await Cli.Wrap(executable)
                .WithArguments(["-I", "-S", "-B", "-c", Script])
                .WithEnvironmentVariables(CleanEnvironment())
                .WithStandardOutputPipe(Bounded(output))
                .WithStandardErrorPipe(Bounded(errors))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(expiry.Token)
                .ConfigureAwait(false);
            var text = output.ToString();
            var at = text.IndexOf(Marker, StringComparison.Ordinal);
            if (result.ExitCode == 0 && at >= 0)
                return (text[(at + Marker.Length)..].Trim(), null);
            return (null, result.ExitCode == 0 ? "it ran without saying what it is" : $"it ended with {result.ExitCode}{Reason(errors)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"it did not answer within {timeout.TotalSeconds:0} seconds");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return (null, $"it cannot be started ({e.Message})");
        }
    }

    /// <summary>Variables that would make one Python look like another are taken away (null removes).</summary>
    public static Dictionary<string, string?> CleanEnvironment()
    {
        var clean = new Dictionary<string, string?>(StringComparer.Ordinal) { ["__PYVENV_LAUNCHER__"] = null, ["VIRTUAL_ENV"] = null };
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name.StartsWith("PYTHON", StringComparison.OrdinalIgnoreCase) || name.StartsWith("PIP_", StringComparison.OrdinalIgnoreCase))
                clean[name] = null;
        }

        return clean;
    }

    private static string Reason(StringBuilder errors)
    {
        var lines = errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var last = lines.Length == 0 ? "" : new string([.. lines[^1].Where(c => !char.IsControl(c)).Take(160)]);
        return last.Length == 0 ? "" : $": {last}";
    }

    private static PipeTarget Bounded(StringBuilder text) => PipeTarget.ToDelegate(line =>
    {
        if (text.Length + line.Length <= MaxOutput)
            text.Append(line).Append('\n');
    });
}

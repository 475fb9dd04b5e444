using System.Text.Json;
using CliWrap;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Calls the hooks of one source tree's backend, each in a process of its own, with the tree as working directory (PEP 517).</summary>
/// <param name="source">What is built, for messages.</param>
/// <param name="system">How it is built.</param>
/// <param name="room">The build's folder: <c>source</c> is the tree, and what hooks leave goes beside it.</param>
/// <param name="log">Takes what the hooks say.</param>
/// <param name="sandbox">What keeps the hooks in, or null.</param>
/// <param name="options">How long all calls may take together, and what they may use.</param>
internal sealed class BuildHooks(BuildSource source, BuildSystem system, string room, BuildLog log, BuildSandbox? sandbox, SourceBuildOptions options)
{
    private const long MaxAnswer = 1 << 20;

    // The second day of 1980: a zip archive holds nothing earlier, and no time zone puts it before.
    private const string SourceDate = "315619200";

    private readonly System.Diagnostics.Stopwatch _watch = new();
    private int _calls;

    public string Tree { get; } = Path.Combine(room, "source");

    private string Temporary => Path.Combine(room, "tmp");

    /// <summary>Calls a hook with its arguments: <c>{}</c> for no settings, and folders, which it writes in. Null when the backend has no such hook.</summary>
    /// <exception cref="DiagnosticException">The hook failed, took too long, or answered what is none.</exception>
    public async Task<JsonElement?> CallAsync(string python, string hook, IReadOnlyList<string?> arguments, CancellationToken cancellationToken)
    {
        var call = Path.Combine(room, FormattableString.Invariant($"call-{_calls++}"));
        Directory.CreateDirectory(call);
        var (script, asked, answer) = (Path.Combine(call, HookScript.FileName), Path.Combine(call, "asked.json"), Path.Combine(call, "answer.json"));
        await File.WriteAllTextAsync(script, HookScript.Text, cancellationToken).ConfigureAwait(false);
        await File.WriteAllBytesAsync(asked, Question(hook, arguments), cancellationToken).ConfigureAwait(false);
        log.Add($"$ {system.Backend} {hook}");
        IReadOnlyList<string> command = [python, "-s", "-B", script, asked, answer];
        Directory.CreateDirectory(Temporary);
        // What it may change beside its tree is only what it is to make: where we write ourselves, it could lay links.
        if (sandbox is not null)
            command = sandbox.Wrap(command, Tree, [Tree, Temporary, call, .. arguments.OfType<string>().Where(argument => argument != "{}")], [VenvOf(python)], options.Bounds);
        var exit = await RunAsync(command, VenvOf(python), hook, cancellationToken).ConfigureAwait(false);
        if (exit != 0)
            throw Failed($"its backend {system.Backend} ended with {exit} in {hook}");
        var file = new FileInfo(answer);
        // An empty one may be a pipe, which nobody ever writes to.
        if (!file.Exists || file.LinkTarget is not null || file.Length is 0 or > MaxAnswer)
            throw Failed($"its backend {system.Backend} ended in {hook} without an answer");
        try
        {
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(answer, cancellationToken).ConfigureAwait(false));
            return document.RootElement.TryGetProperty("result", out var result) ? result.Clone() : null;
        }
        catch (JsonException)
        {
            throw Failed($"its backend {system.Backend} answers {hook} with what is no JSON");
        }
    }

    /// <summary>The error of a build, with the end of its log.</summary>
    public DiagnosticException Failed(string why, string code = BuildCodes.BuildFailed) => new(ExitCode.BuildFailed, Diagnostic.Error(
        code, $"{source.Label} cannot be built: {why}.",
        remedy: $"See what it said, in full in {log.Path}; what it needs from this machine (a compiler, headers) must be installed. Or ask for a version that has a wheel.",
        detail: log.Tail));

    private byte[] Question(string hook, IReadOnlyList<string?> arguments)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("backend", system.Backend);
            json.WriteString("hook", hook);
            json.WriteStartArray("path");
            foreach (var part in system.BackendPath)
                json.WriteStringValue(part);
            json.WriteEndArray();
            json.WriteStartArray("arguments");
            foreach (var argument in arguments)
            {
                if (argument == "{}")
                {
                    json.WriteStartObject();
                    json.WriteEndObject();
                }
                else
                {
                    json.WriteStringValue(argument);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static string VenvOf(string python) => Path.GetDirectoryName(Path.GetDirectoryName(python))!;

    private async Task<int> RunAsync(IReadOnlyList<string> command, string environment, string hook, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var left = options.Timeout - _watch.Elapsed;
        limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        using var watch = options.Bounds is { } bounds && OperatingSystem.IsLinux() ? new BuildWatch(bounds, room, limit) : null;
        var watching = Task.CompletedTask;
        _watch.Start();
        try
        {
            var running = Cli.Wrap(command[0])
                .WithArguments(command.Skip(1))
                .WithWorkingDirectory(Tree)
                .WithEnvironmentVariables(Variables(environment))
                .WithStandardOutputPipe(OutputLines.To(log.Add, Say))
                .WithStandardErrorPipe(OutputLines.To(log.Add, Say))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token);
            if (watch is not null)
                watching = watch.RunAsync(running.ProcessId);
            return (await running.ConfigureAwait(false)).ExitCode;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(watch?.Reason is { } more
                ? $"{more} and was stopped in {hook}"
                : FormattableString.Invariant($"it took longer than {options.Timeout.TotalSeconds:0} seconds and was stopped in {hook}"));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw Failed($"its Python cannot be started ({e.Message})");
        }
        finally
        {
            _watch.Stop();
            watch?.Dispose();
            await watching.ConfigureAwait(false);
        }

        void Say(int bytes) => watch?.Say(bytes);
    }

    /// <summary>
    /// One machine's build is to be another's: nothing that redirects Python, pip or this tool, no secrets of this tool, one date, one hash seed,
    /// one language and time zone.
    /// </summary>
    private Dictionary<string, string?> Variables(string environment)
    {
        var scripts = Path.Combine(environment, OperatingSystem.IsWindows() ? "Scripts" : "bin");
        var variables = InterpreterProbe.CleanEnvironment();
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name.StartsWith("VENVBUILD_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("UV_", StringComparison.OrdinalIgnoreCase)
                || (sandbox is not null && !BuildSandbox.Keeps(name)))
            {
                variables[name] = null;
            }
        }

        variables["PATH"] = $"{scripts}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        variables["VIRTUAL_ENV"] = environment;
        variables["PYTHONHASHSEED"] = "0";
        variables["PYTHONNOUSERSITE"] = "1";
        variables["PYTHONDONTWRITEBYTECODE"] = "1";
        variables["PYTHONUNBUFFERED"] = "1";
        variables["PYTHONUTF8"] = "1";
        variables["SOURCE_DATE_EPOCH"] = SourceDate;
        variables["TZ"] = "UTC";
        variables["TMPDIR"] = variables["TEMP"] = variables["TMP"] = Temporary;
        if (!OperatingSystem.IsWindows())
        {
            variables["LC_ALL"] = "C";
            // Compilers write where the source was into what they make.
            foreach (var flags in (string[])["CFLAGS", "CXXFLAGS"])
                variables[flags] = $"{Environment.GetEnvironmentVariable(flags)} -ffile-prefix-map={room}=/build".TrimStart();
        }

        if (sandbox is not null)
            variables["HOME"] = Temporary;
        return variables;
    }
}

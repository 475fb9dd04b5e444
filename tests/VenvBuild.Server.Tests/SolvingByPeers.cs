using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary><c>Resolver: uv</c> and <c>pip</c>: the server has them solve, and believes nothing of what they say.</summary>
[Collection("The programs of peers")]
public sealed class SolvingByPeers : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private SliceServer _slice = null!;

    public async ValueTask InitializeAsync()
    {
        _slice = await SliceServer.StartAsync();
        var peers = await SlicePeers.UnpackAsync(_folder.File("peers"), TestServer.Stop);
        Use("VENVBUILD_UV", peers.Uv);
        Use("VENVBUILD_PIP", Program("pip", $"exec python3 '{peers.Pip}' \"$@\""));
    }

    [Theory]
    [InlineData("uv")]
    [InlineData("pip")]
    public async Task Both_come_to_the_lock_that_the_server_comes_to_itself(string resolver)
    {
        await using var builtin = await StartAsync("builtin");
        await using var server = await StartAsync(resolver);
        var manifest = Manifest("'django>=1.8', 'requests>2.7', 'colorama; sys_platform == \"win32\"'");

        using var expected = await builtin.AskAsync(manifest);
        using var answer = await server.AskAsync(manifest);

        Assert.Equal(await expected.Content.ReadAsStringAsync(TestServer.Stop), await answer.Content.ReadAsStringAsync(TestServer.Stop));
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_with_the_peers_own_words()
    {
        await using var server = await StartAsync("uv");
        using var answer = await server.AskAsync(Manifest("'flask>=3', 'werkzeug<1'"));

        var problem = await TestServer.ProblemAsync(answer);
        Assert.Equal((422, "PYENV1257"), (problem.Status, problem.Diagnostics[0].Code));
        Assert.Contains("werkzeug", problem.Diagnostics[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_does_not_do_is_refused()
    {
        // It answers what was not asked for.
        var liar = Program("liar", """
            case "$*" in *--version*) exit 0;; esac
            while [ $# -gt 0 ]; do [ "$1" = --output-file ] && out=$2; shift; done
            printf 'lock-version = "1.0"\ncreated-by = "uv"\n[[packages]]\nname = "idna"\nversion = "3.7"\n' > "$out"
            """);
        Use("VENVBUILD_UV", liar);
        await using var server = await StartAsync("uv");
        using var answer = await server.AskAsync(Manifest("flask"));

        var problem = await TestServer.ProblemAsync(answer);
        Assert.Equal((502, "PYENV1258"), (problem.Status, problem.Diagnostics[0].Code));
    }

    [Fact]
    public async Task One_that_is_missing_keeps_the_server_from_starting()
    {
        Use("VENVBUILD_UV", _folder.File("nowhere"));
        var failure = await Assert.ThrowsAsync<DiagnosticException>(() => StartAsync("uv"));
        Assert.Contains("VENVBUILD_UV", failure.Diagnostics[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_is_used_where_every_address_may_be_asked()
    {
        var failure = await Assert.ThrowsAsync<DiagnosticException>(() => TestServer.StartAsync("Resolver=pip", "Indexes:Allowed:0=*"));
        Assert.Contains("Resolver", failure.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_slice is not null)
            await _slice.DisposeAsync();
        Environment.SetEnvironmentVariable("VENVBUILD_UV", null);
        Environment.SetEnvironmentVariable("VENVBUILD_PIP", null);
        Environment.SetEnvironmentVariable("UV_CACHE_DIR", null);
        _folder.Dispose();
    }

    private void Use(string variable, string program)
    {
        Environment.SetEnvironmentVariable(variable, program);
        Environment.SetEnvironmentVariable("UV_CACHE_DIR", _folder.File("uv-cache"));
    }

    private Task<TestServer> StartAsync(string resolver) => TestServer.StartAsync($"Indexes:Allowed:0={_slice.Simple}", $"Resolver={resolver}");

    private string Manifest(string requirements) =>
        $"python: \">=3.11,<3.12\"\nplatforms: [linux-x64, win-x64]\nindexes: [{{name: slice, url: \"{_slice.Simple}\"}}]\nrequirements: [{requirements}]\n";

    private string Program(string name, string script)
    {
        var path = _folder.File(name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}

using System.ComponentModel;
using System.Text;
using CliWrap;

namespace VenvBuild.Remote;

/// <summary>Where a token for GitHub comes from: the environment, the store of <c>gh</c>, or git's credential helper. It is never shown, and never kept.</summary>
internal static class GitHubToken
{
    private const int MaxLength = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The token for a host, or null when nobody has one: what is public can be read without.</summary>
    public static async Task<string?> FindAsync(string host, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        foreach (var name in NamesFor(host, environment))
        {
            if (Usable(environment(name)) is { } token)
                return token;
        }

        return await AskGhAsync(host, cancellationToken).ConfigureAwait(false) ?? await AskGitAsync(host, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A token goes to the host that it was given for, and to no other that a manifest may name.</summary>
    private static string[] NamesFor(string host, Func<string, string?> environment)
    {
        var own = Uri.TryCreate(environment("GITHUB_SERVER_URL"), UriKind.Absolute, out var server) ? server.Host : "github.com";
        return host == own ? ["GITHUB_TOKEN", "GH_TOKEN"] : host == environment("GH_HOST") ? ["GH_ENTERPRISE_TOKEN"] : [];
    }

    private static async Task<string?> AskGhAsync(string host, CancellationToken cancellationToken) =>
        Usable(await RunAsync(Cli.Wrap("gh").WithArguments(["auth", "token", "--hostname", host]), cancellationToken).ConfigureAwait(false));

    private static async Task<string?> AskGitAsync(string host, CancellationToken cancellationToken)
    {
        // Neither a prompt nor a window: a helper that has nothing says nothing.
        var answer = await RunAsync(
            Cli.Wrap("git").WithArguments(["credential", "fill"])
                .WithStandardInputPipe(PipeSource.FromString($"protocol=https\nhost={host}\n\n"))
                .WithEnvironmentVariables(variables => variables.Set("GIT_TERMINAL_PROMPT", "0").Set("GIT_ASKPASS", "").Set("SSH_ASKPASS", "").Set("GCM_INTERACTIVE", "never")),
            cancellationToken).ConfigureAwait(false);
        var line = answer?.Split('\n').FirstOrDefault(line => line.StartsWith("password=", StringComparison.Ordinal));
        return Usable(line?["password=".Length..]);
    }

    private static async Task<string?> RunAsync(Command command, CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var result = await command
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(patience.Token).ConfigureAwait(false);
            return result.ExitCode == 0 ? output.ToString() : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Not installed here, or it waits for somebody.
            return null;
        }
    }

    private static string? Usable(string? text) => text?.Trim() is { Length: > 0 and <= MaxLength } token && token.All(c => c is > ' ' and < '\u007f') ? token : null;
}

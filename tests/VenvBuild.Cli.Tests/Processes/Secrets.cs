using System.Text;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>
/// The verbs with secrets in every place that may hold one, at their most talkative and failing in many ways: nothing that they say or write
/// holds any of them, in plain or as a header would have it.
/// </summary>
public sealed class Secrets
{
    private const string IndexPassword = "S3CRET-index-pw", NetrcPassword = "S3CRET-netrc-pw", LinksPassword = "S3CRET-links-pw", PlacePassword = "S3CRET-place-pw";
    private const string GitHubToken = "ghp_S3CRETgithub", ServerToken = "S3CRET-server-token", Passphrase = "S3CRET passphrase", AwsSecret = "S3CRETaws/secret+key", AwsSession = "S3CRET-aws-session";

    private const int Failing = -1;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Are_in_nothing_that_is_said_or_written()
    {
        await using var github = new GitHubStandIn();
        await using var project = new ToolProject();
        await using var links = new LoopbackIndex { Authorization = $"user:{LinksPassword}" };
        links.Always("/links/", new(200, "text/html", "<html><body></body></html>"u8.ToArray()));
        var (host, port) = (project.Index.Root.Host, project.Index.Root.Port);
        project.Index.Authorization = $"user:{IndexPassword}";
        project.Offer("demo");
        WriteManifest(project, links);
        await File.WriteAllTextAsync(project.Beside("netrc"), $"machine {host}\nlogin user\npassword {NetrcPassword}\n", Token);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["NETRC"] = project.Beside("netrc"),
            ["VENVBUILD_KEYS"] = project.Beside("keyring"),
            ["VENVBUILD_KEY_PASSPHRASE"] = Passphrase,
            ["VENVBUILD_SERVER_TOKEN"] = ServerToken,
            ["GITHUB_TOKEN"] = GitHubToken,
            ["GITHUB_API_URL"] = github.Root.AbsoluteUri,
            ["AWS_ACCESS_KEY_ID"] = "AKIAEXAMPLE",
            ["AWS_SECRET_ACCESS_KEY"] = AwsSecret,
            ["AWS_SESSION_TOKEN"] = AwsSession,
            ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9",
            ["AWS_REGION"] = "eu-central-1",
            ["AWS_MAX_ATTEMPTS"] = "1",
        })
        {
            project.Variables[name] = value;
        }

        var said = new List<string>();
        await RunAsync(0, "key", "new", "team");
        await RunAsync(0, "lock", "-v");
        foreach (var verb in (string[])["check", "verify", "sync", "tree", "outdated", "key show", "cache info", "doctor", "export --format requirements", "export --format cyclonedx", "export --format spdx"])
            await RunAsync(null, [.. verb.Split(' '), "-v"]);
        await RunAsync(null, "why", "demo", "-v");
        await RunAsync(0, "pack", "-o", "env.bundle", "--sign", "team", "-v");
        await RunAsync(0, "unpack", "env.bundle", "--path", "env", "--key", "keys/team.pub", "-v");
        await RunAsync(0, "push", "--to", "environments", "--sign", "team", "-v");
        await RunAsync(0, "verify", ".venv", "-v");

        // Places that refuse, are not there, or answer with an error.
        var place = $"http://user:{PlacePassword}@{host}:{port}/tree";
        await RunAsync(Failing, "pull", "--from", place, "-v");
        await RunAsync(Failing, "pull", "--from", place.Replace($":{port}/", ":9/", StringComparison.Ordinal), "-v");
        await RunAsync(Failing, "push", "--to", "github", "--sign", "team", "-v");
        await RunAsync(Failing, "pull", "--from", "github", "-v");
        await RunAsync(null, "pull", "--from", "s3://bucket/prefix", "-v");
        await RunAsync(null, "lock", "--upgrade", "-v", "--server", $"http://user:{PlacePassword}@127.0.0.1:9/");
        await RunAsync(null, "sync", "--path", "other", "-v", "--server", $"http://user:{PlacePassword}@{host}:{port}/");
        await RunAsync(Failing, "push", "--to", $"ftp://user:{PlacePassword}@{host}/x", "-v");

        // A wrong passphrase, a wrong password, an index that fails, and mistakes in the very line with the secret.
        project.Variables["VENVBUILD_KEY_PASSPHRASE"] = Passphrase + "x";
        await RunAsync(Failing, "push", "--to", "environments", "--sign", "team", "-v");
        project.Index.Authorization = "user:another";
        await RunAsync(null, "lock", "--upgrade", "-v");
        project.Index.Authorization = $"user:{IndexPassword}";
        project.Index.Always("/simple/demo/", LoopbackAnswer.OfStatus(500));
        await RunAsync(null, "lock", "--upgrade", "-v", "--index-url", project.Index.Simple.AbsoluteUri.Replace("://", $"://user:{IndexPassword}@", StringComparison.Ordinal));
        foreach (var mistake in (string[])[$"htp://user:{IndexPassword}@{host}/simple", $"http://user:{IndexPassword}@", $"//user:{IndexPassword}@{host}"])
        {
            await File.WriteAllTextAsync(project.At("pyenv.yaml"), $"requirements: [demo]\nindexes: [{{name: here, url: \"{mistake}\"}}]\n", Token);
            await RunAsync(Failing, "lock", "-v");
        }

        await File.WriteAllTextAsync(project.At("pyenv.yaml"), $"requirements: [\"demo @ http://user:{IndexPassword}@{host}:{port}/files/none-1.0-py3-none-any.whl\"]\nindexes: []\n", Token);
        await RunAsync(null, "lock", "-v");

        File.Delete(project.At("pyenv.yaml"));
        var key = (await File.ReadAllTextAsync(project.Beside("keyring", "team.key"), Token)).Split('\n')[1];
        string[] secrets =
        [
            "S3CRET", key, Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{IndexPassword}")), Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{NetrcPassword}")),
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{PlacePassword}")), Uri.EscapeDataString(AwsSecret),
        ];
        Assert.True(said.Count > 60);
        foreach (var text in said)
            Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
        var files = (string[])[project.Folder, project.Cache];
        var searched = 0;
        foreach (var path in files.SelectMany(folder => Directory.GetFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })))
        {
            var text = await File.ReadAllTextAsync(path, Encoding.Latin1, Token);
            Assert.True(Array.TrueForAll(secrets, secret => !text.Contains(secret, StringComparison.Ordinal)), path);
            searched++;
        }

        Assert.True(searched > 50);

        async Task RunAsync(int? exitCode, params string[] arguments)
        {
            var run = await project.RunAsync(arguments);
            Assert.True(exitCode switch { null => run.ExitCode is >= 0 and <= 5, Failing => run.ExitCode is > 0 and <= 5, _ => run.ExitCode == exitCode }, $"{string.Join(' ', arguments)}: {run.ExitCode}\n{run.Output}\n{run.Error}");
            var json = await project.RunAsync([.. arguments, "--json"]);
            said.AddRange([run.Output, run.Error, json.Output, json.Error]);
        }
    }

    private static void WriteManifest(ToolProject project, LoopbackIndex links)
    {
        var (host, port) = (project.Index.Root.Host, project.Index.Root.Port);
        File.WriteAllText(project.At("pyenv.yaml"), $$"""
            requirements: [demo]
            indexes: [{name: here, url: "http://user:{{IndexPassword}}@{{host}}:{{port}}/simple/"}]
            find-links: ["http://user:{{LinksPassword}}@{{host}}:{{links.Root.Port}}/links/"]
            publish: {github: owner/repo}
            sources: ["./environments"]
            trust: {keys: [keys/team.pub]}
            """);
    }
}

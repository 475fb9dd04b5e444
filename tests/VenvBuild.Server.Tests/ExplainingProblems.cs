using System.Net;
using VenvBuild.Workspace;

namespace VenvBuild.Server.Tests;

public sealed class ExplainingProblems
{
    [Fact]
    public async Task A_diagnostic_of_a_problem_names_the_page_that_explains_it()
    {
        await using var server = await TestServer.StartAsync();
        using var answer = await server.AskAsync("requirments: [requests]");
        var diagnostic = Assert.Single((await TestServer.ProblemAsync(answer)).Diagnostics);

        Assert.Equal(("PYENV1112", "/problems/PYENV1112"), (diagnostic.Code, diagnostic.Help));
        Assert.Contains("A key is not one of the manifest&#x27;s", await server.Client.GetStringAsync(new Uri(diagnostic.Help!, UriKind.Relative), TestServer.Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_code_has_a_page_that_anybody_may_read()
    {
        await using var server = await TestServer.StartAsync("Access:Anonymous=none");
        var list = await server.Client.GetStringAsync(new Uri("/problems", UriKind.Relative), TestServer.Stop);
        Assert.All(Explanation.All(), one => Assert.Contains($"<a href=\"/problems/{one.Code}\">", list, StringComparison.Ordinal));

        var html = await server.Client.GetStringAsync(new Uri("/problems/1301", UriKind.Relative), TestServer.Stop);
        Assert.Contains("<h1>The requests cannot be satisfied together</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<p class=\"muted\">PYENV1301: error, exit 3</p>", html, StringComparison.Ordinal);
        Assert.Contains("<code>exclude-newer</code>: move", html, StringComparison.Ordinal);
        Assert.DoesNotContain('`', html);

        using var none = await server.Client.GetAsync(new Uri("/problems/PYENV9999", UriKind.Relative), TestServer.Stop);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }
}

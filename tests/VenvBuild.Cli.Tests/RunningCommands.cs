using System.CommandLine;

namespace VenvBuild.Cli.Tests;

public sealed class RunningCommands
{
    [Theory]
    [InlineData("run pytest -q", "run -- pytest -q")]
    [InlineData("run --group test --python=3.12 pytest --json", "run --group test --python=3.12 -- pytest --json")]
    [InlineData("run -v python -c x", "run -v -- python -c x")]
    [InlineData("--manifest run run python -q", "--manifest run run -- python -q")]
    [InlineData("run -- pytest -q", "run -- pytest -q")]
    [InlineData("sync --group run -q", "sync --group run -q")]
    [InlineData("run --help", "run --help")]
    public void What_follows_the_command_is_the_commands(string given, string read)
    {
        var root = new RootCommand { new RunCommand(), new SyncCommand() };
        root.Options.Add(new Option<string>("--manifest"));

        Assert.Equal(read.Split(' '), TrailingCommand.Separate(given.Split(' '), root));
    }

    [Theory]
    [InlineData("sync", "--group", "--locked")]
    [InlineData("sync", "--path", "--json")]
    [InlineData("sync", "--group")]
    [InlineData("run")]
    public async Task An_option_without_its_value_is_wrong_usage(params string[] arguments)
    {
        var run = await Run.OfToolAsync(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("error PYENV1003", run.Error, StringComparison.Ordinal);
    }
}

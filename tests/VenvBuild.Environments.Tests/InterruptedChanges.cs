using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Changes of an environment that end after each of their steps, as a kill would end them.</summary>
public sealed class InterruptedChanges : IDisposable
{
    private static readonly string[] Going = ["bin/old", "site/bumped", "site/bumped-1.info", "share/all/old.txt", "state"];
    private static readonly string[] Coming = ["bin/new", "site/bumped", "site/bumped-2.info", "state"];

    private readonly TestFolder _folder = new();

    private string Path => _folder.File(".venv");

    private string Staging => _folder.File(".venv.0123456789abcdef0123456789abcdef.tmp");

    [Fact]
    public void Whichever_step_was_the_last_one_the_next_run_finds_the_old_environment_or_the_new_one_and_nothing_else_stays()
    {
        Prepare();
        var old = EnvironmentTree.Of(Path);
        Journal().Apply(_ => { });
        var changed = EnvironmentTree.Of(Path);
        Assert.NotEqual(old, changed);
        Assert.Equal(["bin/new", "bin/python", "pyvenv.cfg", "share/all/kept.txt", "site/bumped-2.info/RECORD", "site/bumped/__init__.py", "site/kept/__init__.py", "state"], Files());
        for (var steps = 0; steps <= 1 + Going.Length + Coming.Length; steps++)
        {
            Clear();
            Prepare();
            Journal();
            Assert.Equal(steps, Follow(steps));
            // Whole, or not there: never some of each.
            Assert.True(steps == 0 ? EnvironmentTree.Of(Path).SequenceEqual(old) : !Directory.Exists(Path));

            new EnvironmentFolder(Path).Recover();

            Assert.Equal(steps == 0 ? old : changed, EnvironmentTree.Of(Path));
            Assert.Equal([".venv"], Directory.GetFileSystemEntries(_folder.Path).Select(System.IO.Path.GetFileName));
        }
    }

    [Fact]
    public void A_step_that_fails_undoes_those_before_it()
    {
        Prepare();
        var old = EnvironmentTree.Of(Path);
        var journal = new ChangeJournal(Staging, Path, Going, [.. Coming, "no/such/folder/file"]);
        _folder.Write(System.IO.Path.Combine(Staging, "new", "no/such/folder/file"), "");
        journal.Write();

        Assert.ThrowsAny<IOException>(() => journal.Apply(_ => { }));

        Assert.Equal(old, EnvironmentTree.Of(Path));
        Assert.False(ChangeJournal.HoldsEnvironment(Staging));
    }

    [Fact]
    public void Where_the_rest_of_the_way_is_barred_the_old_environment_comes_back()
    {
        Prepare();
        var old = EnvironmentTree.Of(Path);
        Journal();
        Follow(4);
        // Nothing can be put at the place of what should come next, and what is there cannot be looked through.
        _folder.Write(System.IO.Path.Combine(Staging, "env", "site", "bumped-2.info", "in the way"), "");

        new EnvironmentFolder(Path).Recover();

        File.Delete(System.IO.Path.Combine(Path, "site", "bumped-2.info", "in the way"));
        Directory.Delete(System.IO.Path.Combine(Path, "site", "bumped-2.info"));
        Assert.Equal(old, EnvironmentTree.Of(Path));
    }

    [Theory]
    [InlineData("../../precious")]
    [InlineData("site/link/precious")]
    [InlineData("/precious")]
    [InlineData("site/./kept")]
    [InlineData("")]
    public void A_journal_that_leads_out_of_the_environment_is_not_followed(string place)
    {
        Prepare();
        _folder.Write("precious", "precious");
        Directory.CreateSymbolicLink(System.IO.Path.Combine(Path, "site", "link"), _folder.Path);
        new ChangeJournal(Staging, Path, [place], []).Write();
        Directory.Move(Path, System.IO.Path.Combine(Staging, "env"));

        new EnvironmentFolder(Path).Recover();

        Assert.Equal("precious", File.ReadAllText(_folder.File("precious")));
        Assert.Equal(["precious"], Directory.GetFileSystemEntries(_folder.Path).Select(System.IO.Path.GetFileName));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_journal_that_is_damaged_or_gone_is_not_followed(bool isThere)
    {
        Prepare();
        Journal();
        Follow(3);
        var journal = System.IO.Path.Combine(Staging, "journal.json");
        if (isThere)
            File.WriteAllText(journal, File.ReadAllText(journal).Replace("bumped", "bumper", StringComparison.Ordinal));
        else
            File.Delete(journal);

        new EnvironmentFolder(Path).Recover();

        // What is neither the old nor the new is nobody's.
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void An_environment_that_somebody_made_meanwhile_is_left_alone()
    {
        Prepare();
        Journal();
        Follow(3);
        _folder.Write(".venv/pyvenv.cfg", "mine");

        new EnvironmentFolder(Path).Recover();

        Assert.Equal(["pyvenv.cfg"], Files());
        Assert.Equal([".venv"], Directory.GetFileSystemEntries(_folder.Path).Select(System.IO.Path.GetFileName));
    }

    public void Dispose() => _folder.Dispose();

    private void Clear()
    {
        foreach (var folder in Directory.GetDirectories(_folder.Path))
            Directory.Delete(folder, recursive: true);
    }

    private void Prepare()
    {
        foreach (var place in (string[])["pyvenv.cfg", "bin/python", "bin/old", "site/kept/__init__.py", "site/bumped/__init__.py", "site/bumped/gone.py", "site/bumped-1.info/RECORD", "share/all/old.txt", "share/all/kept.txt", "state"])
            _folder.Write(System.IO.Path.Combine(Path, place), "old " + place);
        foreach (var place in (string[])["bin/new", "site/bumped/__init__.py", "site/bumped-2.info/RECORD", "site/kept/__init__.py", "state"])
            _folder.Write(System.IO.Path.Combine(Staging, "new", place), "new " + place);
    }

    private ChangeJournal Journal()
    {
        var journal = new ChangeJournal(Staging, Path, Going, Coming);
        journal.Write();
        return journal;
    }

    /// <summary>Takes the first steps, each of which is one change of a name.</summary>
    private int Follow(int steps)
    {
        var (aside, taken) = (System.IO.Path.Combine(Staging, "env"), 0);
        var all = new List<(string From, string To)> { (Path, aside) };
        all.AddRange(Going.Select((place, i) => (System.IO.Path.Combine(aside, place), System.IO.Path.Combine(Staging, "gone", $"{i}"))));
        all.AddRange(Coming.Select(place => (System.IO.Path.Combine(Staging, "new", place), System.IO.Path.Combine(aside, place))));
        foreach (var (from, to) in all.Take(steps))
        {
            if (Directory.Exists(from))
                Directory.Move(from, to);
            else
                File.Move(from, to);
            taken++;
        }

        return taken;
    }

    private IEnumerable<string> Files() => Directory.GetFiles(Path, "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path, file)).Order(StringComparer.Ordinal);
}

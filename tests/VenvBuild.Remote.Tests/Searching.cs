using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Remote.Tests;

/// <summary>Places in order: the first that has an environment decides, and what it has is checked the same wherever it is.</summary>
public sealed class Searching : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly List<Diagnostic> _reports = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_place_that_has_it_decides()
    {
        var made = new MadeEnvironment("a-1.0");
        var (empty, one, two) = (Folder("empty"), Folder("one"), Folder("two"));
        await one.PublishAsync(made.Publication(), Token);
        await two.PublishAsync(made.Publication(), Token);
        var found = await Search(null, empty, one, two).FindAsync(made.Plan, mustAnswer: true, Token);
        Assert.Same(one, found!.Source);
        await made.AssertIsGivenByAsync(found.Source);
        Assert.Null(await Search(null, empty).FindAsync(made.Plan, mustAnswer: true, Token));
    }

    [Fact]
    public async Task A_folder_takes_an_environment_again_without_work_and_adds_other_signatures_to_what_is_there()
    {
        using var other = SigningKey.Create();
        var (folder, made) = (Folder("one"), new MadeEnvironment("a-1.0", "b-1.0"));
        Assert.Equal(new(false, 2, made.LayerBytes), await folder.PublishAsync(made.Publication(_key), Token));
        Assert.Equal(new(true, 0, 0), await folder.PublishAsync(made.Publication(_key), Token));
        Assert.Equal(new(false, 0, 0), await folder.PublishAsync(made.Publication(other), Token));
        var policy = new TrustPolicy([Sample.Signer("team", _key), Sample.Signer("other", other)], threshold: 2);
        Assert.NotNull(await Search(policy, folder).FindAsync(made.Plan, mustAnswer: true, Token));
        Assert.Equal(new(false, 1, made.LayerBytes / 2), await folder.PublishAsync(new MadeEnvironment("b-1.0", "c-1.0").Publication(), Token));
    }

    [Fact]
    public async Task A_thousand_changes_of_a_signed_description_are_refused_before_it_is_read()
    {
        var made = new MadeEnvironment("a-1.0", "b-1.0");
        var folder = Folder("one");
        await folder.PublishAsync(made.Publication(_key), Token);
        var offer = (await folder.FindEnvironmentAsync(made.Plan.Key, Token))!;
        var search = Search(new([Sample.Signer("team", _key)]), folder);
        Assert.NotNull(search.Check(made.Plan, folder, offer).Statement);
        Assert.Equal(1000, Mutations.Refused(offer.Manifest.ToArray(), changed => search.Check(made.Plan, folder, offer with { Manifest = changed })));
    }

    [Fact]
    public async Task What_lies_under_anothers_key_is_refused_without_signatures_too()
    {
        var (made, other) = (new MadeEnvironment("a-1.0"), new MadeEnvironment("b-1.0"));
        var folder = Folder("one");
        await folder.PublishAsync(made.Publication(_key), Token);
        await folder.PublishAsync(other.Publication(_key), Token);
        var offer = (await folder.FindEnvironmentAsync(other.Plan.Key, Token))!;
        Assert.Equal("PYENV1859", Code(() => Search(null, folder).Check(made.Plan, folder, offer)));
        Assert.Equal("PYENV1806", Code(() => Search(new([Sample.Signer("team", _key)]), folder).Check(made.Plan, folder, offer)));
    }

    [Fact]
    public async Task An_older_environment_than_was_seen_at_the_same_place_is_warned_about_or_refused()
    {
        var (newer, older) = (new MadeEnvironment("a-2.0"), new MadeEnvironment("a-1.0"));
        var folder = Folder("one");
        var policy = new TrustPolicy([Sample.Signer("team", _key)]);
        await PublishAtAsync(folder, newer, Sample.Now - TimeSpan.FromDays(1));
        await PublishAtAsync(folder, older, Sample.Now - TimeSpan.FromDays(9));

        var search = Search(policy, folder);
        Assert.NotNull(await search.FindAsync(older.Plan, mustAnswer: true, Token));
        search.Note(newer.Plan, (await search.FindAsync(newer.Plan, mustAnswer: true, Token))!);
        Assert.Empty(_reports);
        Assert.NotNull(await search.FindAsync(older.Plan, mustAnswer: true, Token));
        Assert.Equal(("PYENV1813", DiagnosticSeverity.Warning), (Assert.Single(_reports).Code, _reports[0].Severity));
        var strict = Search(policy, refusesRollback: true, folder);
        Assert.Equal("PYENV1813", Assert.Single((await Assert.ThrowsAsync<DiagnosticException>(() => strict.FindAsync(older.Plan, mustAnswer: true, Token))).Diagnostics).Code);
        Assert.NotNull(await strict.FindAsync(newer.Plan, mustAnswer: true, Token));

        // Another place has a history of its own.
        var elsewhere = Folder("two");
        await PublishAtAsync(elsewhere, older, Sample.Now - TimeSpan.FromDays(9));
        Assert.NotNull(await Search(policy, refusesRollback: true, elsewhere).FindAsync(older.Plan, mustAnswer: true, Token));
    }

    [Fact]
    public async Task A_tree_behind_a_URL_gives_what_its_folder_holds_and_goes_on_where_a_transfer_broke()
    {
        var made = new MadeEnvironment("a-1.0");
        var folder = Folder("tree");
        await folder.PublishAsync(made.Publication(_key), Token);
        await using var server = new LoopbackIndex();
        var layer = await ServeAsync(server, _folder.File("tree"));
        server.Order(layer, LoopbackAnswer.OfStatus(503));
        using var tree = new EnvironmentTreeSource(new(server.Root, "tree"), _folder.File("cache"));
        var found = await Search(new([Sample.Signer("team", _key)]), tree).FindAsync(made.Plan, mustAnswer: true, Token);
        await made.AssertIsGivenByAsync(found!.Source);
        Assert.Null(await tree.FindEnvironmentAsync(new MadeEnvironment("z-1.0").Plan.Key, Token));
        Assert.Null(await tree.OpenAsync(new MadeEnvironment("z-1.0").Manifest.Layers[0], Token));
    }

    [Fact]
    public async Task What_a_killed_run_left_of_an_archive_is_gone_on_with()
    {
        var made = new MadeEnvironment("a-1.0");
        var folder = Folder("tree");
        await folder.PublishAsync(made.Publication(), Token);
        await using var server = new LoopbackIndex();
        var layer = await ServeAsync(server, _folder.File("tree"));
        using var tree = new EnvironmentTreeSource(new(server.Root, "tree"), _folder.File("cache"));
        server.Order(layer, [.. Enumerable.Repeat(new LoopbackAnswer(200, null, new byte[9_000]) { Headers = new Dictionary<string, string> { ["ETag"] = "\"other\"" }, CloseAfter = 5_000 }, 5)]);
        await Assert.ThrowsAsync<DiagnosticException>(() => tree.OpenAsync(made.Manifest.Layers[0], Token));
        Assert.Single(Directory.GetFiles(_folder.File("cache", "pulls", "v1"), "*.part"));
        // The place has another file now, as the tag tells: it is fetched from the beginning.
        await made.AssertIsGivenByAsync(tree);
        Assert.Contains(server.Requests, request => request.Header("If-Range") == "\"other\"");
        Assert.Empty(Directory.GetFiles(_folder.File("cache", "pulls", "v1")));
    }

    [Fact]
    public async Task More_bytes_than_a_layer_can_have_are_not_read()
    {
        var made = new MadeEnvironment("a-1.0");
        await using var server = new LoopbackIndex();
        server.Always($"/tree/{EnvironmentTree.LayerOf(made.Manifest.Layers[0].Digest)}", new(200, null, new byte[1 << 20]) { IsEndless = true });
        using var tree = new EnvironmentTreeSource(new(server.Root, "tree"), _folder.File("cache"));
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => tree.OpenAsync(made.Manifest.Layers[0], Token));
        Assert.Equal("PYENV1855", refusal.Diagnostics[0].Code);
        Assert.Empty(Directory.GetFiles(_folder.File("cache", "pulls", "v1")));
    }

    [Fact]
    public async Task A_password_in_an_address_is_sent_and_never_said()
    {
        await using var server = new LoopbackIndex { Authorization = "user:s3cret" };
        using var tree = new EnvironmentTreeSource(new UriBuilder(new Uri(server.Root, "tree")) { UserName = "user", Password = "s3cret" }.Uri, _folder.File("cache"));
        Assert.Null(await tree.FindEnvironmentAsync(new MadeEnvironment("a-1.0").Plan.Key, Token));
        Assert.DoesNotContain("s3cret", tree.Name, StringComparison.Ordinal);
        server.Authorization = "other:other";
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => tree.FindEnvironmentAsync(new MadeEnvironment("a-1.0").Plan.Key, Token));
        Assert.Equal("PYENV1853", refusal.Diagnostics[0].Code);
        Assert.DoesNotContain("s3cret", refusal.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    /// <summary>Serves the files of a tree; answers the path of its one layer.</summary>
    private static async Task<string> ServeAsync(LoopbackIndex server, string root)
    {
        var layer = "";
        foreach (var file in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            var path = "/tree/" + Path.GetRelativePath(root, file).Replace('\\', '/');
            server.Serve(path, await File.ReadAllBytesAsync(file, Token));
            layer = path.EndsWith(LayerArchive.FileSuffix, StringComparison.Ordinal) ? path : layer;
        }

        return layer;
    }

    private async Task PublishAtAsync(EnvironmentFolderStore folder, MadeEnvironment made, DateTimeOffset time) => await folder.PublishAsync(
        made.Publication() with { Sign = manifest => DsseEnvelope.Sign(DsseEnvelope.InTotoPayloadType, StatementOfEnvironment.Of(manifest, "test", time).Write(), _key) }, Token);

    private static string Code(Action action) => Assert.Throws<DiagnosticException>(action).Diagnostics[0].Code;

    private EnvironmentFolderStore Folder(string name) => new(_folder.File(name));

    private EnvironmentSearch Search(TrustPolicy? policy, params IEnvironmentSource[] sources) => Search(policy, false, sources);

    private EnvironmentSearch Search(TrustPolicy? policy, bool refusesRollback, params IEnvironmentSource[] sources) => new()
    {
        Sources = sources,
        Policy = policy,
        Seen = new(_folder.File("cache")),
        ManifestPath = "/project/pyenv.yaml",
        RefusesRollback = refusesRollback,
        Report = report =>
        {
            if (report.Severity != DiagnosticSeverity.Verbose)
                _reports.Add(report);
        },
        Clock = new Fixed(),
    };

    private sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Sample.Now;
    }
}

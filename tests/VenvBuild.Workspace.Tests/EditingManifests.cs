using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

/// <summary><c>add</c> and <c>remove</c>: one line moves, and every other byte stays.</summary>
public sealed class EditingManifests
{
    [Theory]
    [InlineData("requirements:\n  - a   # why\n  # more\n  - b\npython: \">=3.11\"\n", "c", "requirements:\n  - a   # why\n  # more\n  - b\n  - c\npython: \">=3.11\"\n")]
    [InlineData("requirements:\n- 'a'\n- 'b>=1'\n", "c>=2", "requirements:\n- 'a'\n- 'b>=1'\n- 'c>=2'\n")]
    [InlineData("requirements: [a, \"b\"]  # few\n", "c[x]", "requirements: [a, \"b\", \"c[x]\"]  # few\n")]
    [InlineData("requirements: []\n", "c", "requirements: [c]\n")]
    [InlineData("requirements: [\n  a,\n  b,\n]\n", "c", "requirements: [\n  a,\n  b,\n  c,\n]\n")]
    [InlineData("python: \">=3.11\"\r\n", "c", "python: \">=3.11\"\r\nrequirements:\r\n  - c\r\n")]
    [InlineData("requirements:\n  - a", "c", "requirements:\n  - a\n  - c")]
    [InlineData("requirements:\n  - c>=1  # old\n  - d\n", "c>=2", "requirements:\n  - c>=2  # old\n  - d\n")]
    [InlineData("requirements:\n  - \"a\"\n", "c; sys_platform == \"win32\"", "requirements:\n  - \"a\"\n  - \"c; sys_platform == \\\"win32\\\"\"\n")]
    public void Adding_keeps_comments_layout_quotes_and_line_ends(string before, string requirement, string after) =>
        Assert.Equal(after, ManifestEdit.Add(before, "pyenv.yaml", null, Requirement.Parse(requirement), requirement));

    [Theory]
    [InlineData("groups:\n  test: [pytest]\n", "lint", "groups:\n  test: [pytest]\n  lint:\n    - c\n")]
    [InlineData("groups:\n  Lint:\n    - ruff\n  test: [pytest]\n", "lint", "groups:\n  Lint:\n    - ruff\n    - c\n  test: [pytest]\n")]
    [InlineData("requirements: [a]\n", "lint", "requirements: [a]\ngroups:\n  lint:\n    - c\n")]
    [InlineData("groups:\n  test: [pytest, {include: lint}]\n  lint: [ruff]\n", "test", "groups:\n  test: [pytest, {include: lint}, c]\n  lint: [ruff]\n")]
    public void A_group_is_edited_or_begun(string before, string group, string after) =>
        Assert.Equal(after, ManifestEdit.Add(before, "pyenv.yaml", ExtraName.Parse(group), Requirement.Parse("c"), "c"));

    [Theory]
    [InlineData("requirements:\n  - a  # one\n  - B_c>=1  # two\n  # three\n  - d\n", "requirements:\n  - a  # one\n  # three\n  - d\n")]
    [InlineData("requirements: [b-c, d]\n", "requirements: [d]\n")]
    [InlineData("requirements: [a, \"b-c>=1,<2\", d]\n", "requirements: [a, d]\n")]
    [InlineData("requirements:\n  - b-c\n", "requirements: []\n")]
    [InlineData("requirements:\n  - b-c; os_name == 'nt'\n  - a\n  - b-c; os_name != 'nt'\n", "requirements:\n  - a\n")]
    public void Removing_takes_the_item_alone(string before, string after) =>
        Assert.Equal(after, ManifestEdit.Remove(before, "pyenv.yaml", null, PackageName.Parse("b.c")));

    [Fact]
    public void To_add_and_to_remove_again_gives_the_same_bytes()
    {
        var item = Gen.OneOf("aa", "bb>=1.0", "'cc<2'", "\"dd; sys_platform == \\\"win32\\\"\"", "ee  # why", "ff[x]>=1,<2");
        var block = Gen.Select(item.List[1, 5], Gen.OneOf("", "  ", "    "), Gen.OneOf("", "# a remark\n", "\n"))
            .Select((items, indent, between) => "requirements:\n" + string.Concat(items.Distinct().Select(text => $"{indent}- {text}\n{(indent.Length > 0 ? between : "")}")));
        var flow = Gen.Select(Gen.OneOf("aa", "bb>=1.0", "'cc<2'").List[0, 3], Gen.Bool).Select((items, isSpread) =>
            isSpread && items.Count > 0 ? $"requirements: [\n  {string.Join(",\n  ", items)}\n]\n" : $"requirements: [{string.Join(", ", items)}]  # flow\n");
        var rest = Gen.OneOf("", "python: \">=3.11\"\n", "groups:\n  test:\n    - pytest  # t\n", "# the end");
        var manifest = Gen.Select(Gen.OneOf("", "# head\nname: demo\n"), Gen.OneOf(block, flow, Gen.Const("name: x\n")), rest, Gen.Bool)
            .Where((head, list, _, _) => head.Length == 0 || !list.StartsWith("name", StringComparison.Ordinal))
            .Select((head, list, tail, isWindows) => isWindows ? (head + list + tail).Replace("\n", "\r\n", StringComparison.Ordinal) : head + list + tail);
        Gen.Select(manifest, Gen.OneOf("new", "new>=1,<2", "new[x]; python_version < '3.12'"), Gen.OneOf<string?>(null, "test", "other")).Sample((text, requirement, groupText) =>
        {
            ExtraName? group = groupText is null ? null : ExtraName.Parse(groupText);
            var added = ManifestEdit.Add(text, "pyenv.yaml", group, Requirement.Parse(requirement), requirement);
            Assert.NotEqual(text, added);
            Assert.Equal(text, ManifestEdit.Remove(added, "pyenv.yaml", group, PackageName.Parse("new")));
        }, iter: 1000);
    }

    [Fact]
    public async Task A_request_is_added_locked_and_removed_again()
    {
        await using var world = new LockWorld().Add("a", "1.0").Add("b", "1.0").Add("b", "2.0").Manifest("requirements:\n  - a  # first\n");
        await world.LockAsync();
        var before = await File.ReadAllBytesAsync(world.Path("pyenv.yaml"), LockWorld.Stop);
        var outcome = await EditVerb.AddAsync(world.Context, ["b<2"], null, LockWorld.Stop);
        Assert.Equal(["added b 1.0"], outcome.Lock.Changes);
        Assert.Contains("  - a  # first\n  - b<2\n", await File.ReadAllTextAsync(world.Path("pyenv.yaml"), LockWorld.Stop), StringComparison.Ordinal);
        outcome = await EditVerb.RemoveAsync(world.Context, ["B"], null, LockWorld.Stop);
        Assert.Equal(["removed b 1.0"], outcome.Lock.Changes);
        Assert.Equal(before, await File.ReadAllBytesAsync(world.Path("pyenv.yaml"), LockWorld.Stop));
    }

    [Theory]
    [InlineData("nowhere", ExitCode.Unsatisfiable)]
    [InlineData("a>=9", ExitCode.Unsatisfiable)]
    [InlineData("a>>1", ExitCode.Usage)]
    public async Task A_request_that_cannot_be_locked_leaves_manifest_and_lock_as_they_were(string requirement, ExitCode exitCode)
    {
        await using var world = new LockWorld().Add("a", "1.0").Manifest("requirements:\n  - a  # first\n");
        await world.LockAsync();
        var before = (await File.ReadAllTextAsync(world.Path("pyenv.yaml"), LockWorld.Stop), world.Lock);
        var refusal = await Assert.ThrowsAnyAsync<DiagnosticException>(() => EditVerb.AddAsync(world.Context, [requirement], null, LockWorld.Stop));
        Assert.Equal(exitCode, refusal.ExitCode);
        Assert.Equal(before, (await File.ReadAllTextAsync(world.Path("pyenv.yaml"), LockWorld.Stop), world.Lock));
        Assert.Empty(Directory.GetFiles(world.Path(), "*.tmp"));
        // Where it points, the manifest has what it speaks of: the line that was added is gone again.
        if (refusal.Diagnostics[0].Location is { Line: > 0 } place)
            Assert.Contains("- a ", before.Item1.Split('\n')[place.Line - 1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_addition_points_at_the_lines_that_are_there_again()
    {
        await using var world = new LockWorld().Add("a", "1.0").Add("b", "1.0").Manifest("requirements:\n  - a\n");
        var refusal = await Assert.ThrowsAnyAsync<DiagnosticException>(() => EditVerb.AddAsync(world.Context, ["b>5"], null, LockWorld.Stop));
        Assert.Equal((0, world.Path("pyenv.yaml")), (refusal.Diagnostics[0].Location!.Line, refusal.Diagnostics[0].Location!.File));

        world.Manifest("requirements: # all\n  # of them\n  - a\ngroups:\n  x: [nowhere]\n");
        refusal = await Assert.ThrowsAnyAsync<DiagnosticException>(() => EditVerb.AddAsync(world.Context, ["b"], null, LockWorld.Stop));
        Assert.Equal((5, world.Path("pyenv.yaml")), (refusal.Diagnostics[0].Location!.Line, refusal.Diagnostics[0].Location!.File));
    }

    [Fact]
    public async Task What_is_not_asked_for_cannot_be_removed()
    {
        await using var world = new LockWorld().Add("a", "1.0").Manifest("requirements: [a]\n");
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => EditVerb.RemoveAsync(world.Context, ["b"], null, LockWorld.Stop));
        Assert.Equal("PYENV1031", refusal.Diagnostics[0].Code);
        Assert.False(File.Exists(world.LockPath));
    }

    [Fact]
    public async Task A_byte_order_mark_stays()
    {
        await using var world = new LockWorld().Add("a", "1.0").Add("b", "1.0").Manifest("requirements: [a]\n");
        var text = await File.ReadAllTextAsync(world.Path("pyenv.yaml"), LockWorld.Stop);
        await File.WriteAllTextAsync(world.Path("pyenv.yaml"), text, new UTF8Encoding(true), LockWorld.Stop);
        await EditVerb.AddAsync(world.Context, ["b"], null, LockWorld.Stop);
        var bytes = await File.ReadAllBytesAsync(world.Path("pyenv.yaml"), LockWorld.Stop);
        Assert.Equal([0xEF, 0xBB, 0xBF, (byte)'r'], bytes[..4]);
    }
}

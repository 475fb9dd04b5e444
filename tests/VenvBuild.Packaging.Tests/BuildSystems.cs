using System.Text;

namespace VenvBuild.Packaging.Tests;

public sealed class BuildSystems
{
    [Fact]
    public void A_table_says_what_builds_the_tree()
    {
        var system = Parse("[build-system]\nrequires = ['flit_core >=3,<4', 'tomli; python_version < \"3.11\"']\nbuild-backend = 'backend.main:make'\nbackend-path = ['tools', '.']\n");

        Assert.Equal(["flit-core", "tomli"], system.Requires.Select(requirement => requirement.Name.Value));
        Assert.Equal("backend.main:make", system.Backend);
        Assert.Equal(["tools", "."], system.BackendPath);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[project]\nname = 'x'\n")]
    [InlineData("[build-system]\nrequires = ['setuptools>=40.8.0']\n")]
    public void Setuptools_builds_what_names_no_backend(string text)
    {
        var system = Parse(text);

        Assert.Equal("setuptools.build_meta:__legacy__", system.Backend);
        Assert.Equal("setuptools>=40.8.0", Assert.Single(system.Requires).ToString());
        Assert.Empty(system.BackendPath);
    }

    [Theory]
    [InlineData("[build-system", "no TOML")]
    [InlineData("build-system = 1", "not a table")]
    [InlineData("[build-system]\nbuild-backend = 'x'\n", "without 'requires'")]
    [InlineData("[build-system]\nrequires = 'x'\n", "no array of strings")]
    [InlineData("[build-system]\nrequires = ['x ==']\n", "cannot be read")]
    [InlineData("[build-system]\nrequires = []\nbuild-backend = 'os; import sys'\n", "no module and object")]
    [InlineData("[build-system]\nrequires = []\nbuild-backend = 'a:b:c'\n", "no module and object")]
    [InlineData("[build-system]\nrequires = []\nbackend-path = ['.']\n", "without a 'build-backend'")]
    [InlineData("[build-system]\nrequires = []\nbuild-backend = 'x'\nbackend-path = ['../x']\n", "outside the tree")]
    [InlineData("[build-system]\nrequires = []\nbuild-backend = 'x'\nbackend-path = ['/x']\n", "outside the tree")]
    [InlineData("[build-system]\nrequires = []\nbuild-backend = 'x'\nbackend-path = ['C:x']\n", "outside the tree")]
    public void What_cannot_be_meant_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<PackagingFormatException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static BuildSystem Parse(string text) => BuildSystem.Parse(Encoding.UTF8.GetBytes(text));
}

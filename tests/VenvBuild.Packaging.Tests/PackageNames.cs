namespace VenvBuild.Packaging.Tests;

public sealed class PackageNames
{
    [Theory]
    [InlineData("Django", "django")]
    [InlineData("zope.interface", "zope-interface")]
    [InlineData("ruamel_.-yaml", "ruamel-yaml")]
    [InlineData("a", "a")]
    public void Have_one_normal_form(string text, string normal) => Assert.Equal(normal, PackageName.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("na\u00efve")]
    [InlineData("a\n")]
    public void Refuse_what_is_no_name(string text) => Assert.Throws<PackagingFormatException>(() => PackageName.Parse(text));
}

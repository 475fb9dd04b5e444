namespace VenvBuild.Packaging.Tests;

public sealed class RequirementTexts
{
    [Theory]
    [InlineData("Django", "django")]
    [InlineData("requests [socks,Security_X] >2.7 , < 3; sys_platform!='win32'", "requests[security-x,socks]>2.7,<3; sys_platform != \"win32\"")]
    [InlineData("a[b,B,b]", "a[b]")]
    [InlineData("a[]", "a")]
    [InlineData("a()", "a")]
    [InlineData("a (>=1,<2,)", "a>=1,<2")]
    [InlineData("a>=1,", "a>=1")]
    [InlineData("a ~= 1.4.2 ; (os.name == 'nt')", "a~=1.4.2; os_name == \"nt\"")]
    [InlineData("a===1.0_odd", "a===1.0_odd")]
    [InlineData("a@git+https://h/p.git@v1;x ; python_implementation=='CPython'", "a @ git+https://h/p.git@v1;x ; platform_python_implementation == \"CPython\"")]
    [InlineData(" a.b_c \t", "a-b-c")]
    [InlineData("a;(python_version>='3')and((extra=='A_b'))", "a; python_version >= \"3\" and extra == \"a-b\"")]
    public void Have_one_normal_form(string text, string normal)
    {
        var requirement = Requirement.Parse(text);
        Assert.Equal(normal, requirement.ToString());
        Assert.Equal(requirement, Requirement.Parse(normal));
    }

    [Theory]
    [InlineData("", 0, "the name of a distribution, found the end")]
    [InlineData("==1.0", 0, "the name of a distribution")]
    [InlineData("a b", 2, "after the name, found 'b'")]
    [InlineData("a[b c]", 4, "a comma or the ']'")]
    [InlineData("a[b,]", 4, "after the comma")]
    [InlineData("a[b", 3, "found the end")]
    [InlineData("a>=", 3, "a version after '>='")]
    [InlineData("a>=x.y", 3, "'x.y' is no version")]
    [InlineData("a>=1.0 <2", 7, "a comma, ';' or the end after the version, found '<'")]
    [InlineData("a=1.0", 1, "one of ==")]
    [InlineData("a==1.0.org1", 3, "no version")]
    [InlineData("a>=1.*", 3, "only == and != take")]
    [InlineData("a<1+local", 2, "local")]
    [InlineData("a(>=1", 5, "')'")]
    [InlineData("a>=1\n", 4, "a line break")]
    [InlineData("a @ ", 4, "an address after '@'")]
    [InlineData("a @ https://h/; extra == 'x'", 16, "white space and ';'")]
    [InlineData("a; python_version", 17, "an operator")]
    [InlineData("a; python_versoin > '3'", 3, "'python_versoin' is no marker field")]
    [InlineData("a; platform == 'x'", 3, "sys_platform?")]
    [InlineData("a; os_name == 'x", 14, "not closed")]
    [InlineData("a; os_name == \"\\x\"", 14, "escape")]
    [InlineData("a; (os_name == 'x'", 18, "')'")]
    [InlineData("a; os_name == 'x' with", 18, "found 'with'")]
    [InlineData("a; os_name == 'x' and", 21, "a marker field or a quoted constant, found the end")]
    [InlineData("a; os_name not 'x'", 15, "'in' after 'not'")]
    [InlineData("a; os_name == sys_platform", 14, "found a second field")]
    [InlineData("a; 'x' == 'y'", 10, "found a second constant")]
    [InlineData("a; extras == 'x'", 3, "\"name\" in extras")]
    [InlineData("a; 'x' == extras", 7, "\"name\" in extras")]
    public void Tell_where_the_mistake_is_and_what_was_expected(string text, int position, string words)
    {
        var refusal = Assert.Throws<PackagingFormatException>(() => Requirement.Parse(text));
        Assert.Equal((position, text), (refusal.Position, refusal.Text));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.False(Requirement.TryParse(text, out _));
    }

    [Fact]
    public void Are_bounded_in_length_and_depth()
    {
        Assert.False(Requirement.TryParse("a" + new string(' ', Requirement.MaxLength), out _));
        Assert.False(Marker.TryParse(new string('(', 100_000), out _));
        Assert.True(Marker.TryParse($"{new string('(', 64)}os_name == 'nt'{new string(')', 64)}", out _));
        Assert.False(Marker.TryParse($"{new string('(', 65)}os_name == 'nt'{new string(')', 65)}", out _));
    }

    [Theory]
    [InlineData("a>=1.9.*", "a>=1.9", "removed .* after >=")]
    [InlineData("a>=1.0<2", "a>=1.0,<2", "added a missing comma")]
    [InlineData("a >=1.0 <2 ; os_name=='nt'", "a>=1.0,<2; os_name == \"nt\"", "added a missing comma")]
    [InlineData("a (>='2.6',)", "a>=2.6", "removed stray quotes")]
    [InlineData("a !=~1.0", "a!=1.*", "read !=~ as != with .*")]
    [InlineData("a ==2*", "a==2.*", "added the dot before *")]
    [InlineData("a ~=1", "a~=1.0", "gave ~= the second number it needs")]
    [InlineData("a (>dev)", "a>0.dev0", "read dev as 0.dev0")]
    [InlineData("a>=1,<2',", "a>=1,<2", "removed stray quotes")]
    [InlineData("a >1,,<2", "a>1,<2", "removed a needless comma")]
    [InlineData("a>=1", "a>=1", null)]
    public void Of_published_metadata_are_mended_and_say_so(string text, string normal, string? expected)
    {
        Assert.True(Requirement.TryParseLenient(text, out var requirement, out var repair));
        Assert.Equal((normal, expected), (requirement.ToString(), repair));
    }

    [Theory]
    [InlineData("a>=")]
    [InlineData("a>=x")]
    [InlineData("a=1")]
    [InlineData("a>=1; os_name == 'x")]
    [InlineData("a>=1; nonsense == 'x'")]
    [InlineData("a[b")]
    [InlineData("a>=1 #")]
    public void That_cannot_be_mended_are_refused(string text) => Assert.False(Requirement.TryParseLenient(text, out _, out _));

    [Fact]
    public void Never_fail_in_another_way_on_any_text() => Gen.String[Gen.Char["ab[]@;,()<>=!~'\" \t.*1230_-extraosinm\\\n"], 0, 40].Sample(text =>
    {
        if (Requirement.TryParse(text, out var requirement))
            Assert.Equal(requirement, Requirement.Parse(requirement.ToString()));
        if (Requirement.TryParseLenient(text, out var lenient, out _))
            Assert.Equal(lenient, Requirement.Parse(lenient.ToString()));
        if (Marker.TryParse(text, out var marker))
            Assert.Equal(marker, Marker.Parse(marker.ToString()));
        if (VersionSpecifiers.TryParseLenient(text, out var specifiers, out _))
            Assert.Equal(specifiers, VersionSpecifiers.Parse(specifiers.ToString()));
    });
}

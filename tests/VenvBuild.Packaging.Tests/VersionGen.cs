namespace VenvBuild.Packaging.Tests;

/// <summary>Versions and specifiers that lie close together, so that chance finds the boundaries.</summary>
internal static class VersionGen
{
    private static readonly Gen<string> Suffix = Of(
        "", "", "", "a0", "a1", "b1", "rc1", ".dev0", ".dev1", ".post0", ".post1", "a1.dev0", "a1.post0", "a1.post1.dev2", "rc1.dev1", ".post0.dev0", ".post1.dev1");

    private static readonly Gen<string> Local = Of("", "", "", "+a", "+1", "+a.1", "+1.0");

    public static readonly Gen<string> ReleaseText = Of(
        "0", "1", "1.0", "1.0.0", "1.0.1", "1.1", "1.10", "1.2.3.4", "1.0.0.0.1", "2", "2.0.1", "10", "1.300", "70000.1", "2024.1", "1!1", "1!0.9",
        "99999999999999999999999999.1");

    public static readonly Gen<PackageVersion> Version = ReleaseText.Select(Suffix, Local, (release, suffix, local) => PackageVersion.Parse(release + suffix + local));

    public static readonly Gen<VersionSpecifier> Specifier = Gen.OneOf(
        Of("==", "!=", "<=", ">=", "<", ">").Select(ReleaseText, Suffix, (op, release, suffix) => op + release + suffix),
        Of("==", "!=").Select(Version, (op, version) => op + version),
        Of("==", "!=").Select(ReleaseText, (op, release) => op + release + ".*"),
        Gen.Const("~=").Select(ReleaseText.Where(text => text.Contains('.', StringComparison.Ordinal)), Suffix, (op, release, suffix) => op + release + suffix))
        .Select(VersionSpecifier.Parse);

    public static readonly Gen<VersionSpecifiers> Specifiers = Specifier.Array[0, 4].Select(clauses => VersionSpecifiers.Create(clauses));

    public static readonly Gen<VersionSet> Set = Gen.OneOf(
        Specifiers.Select(specifiers => specifiers.Set),
        Specifiers.Select(Specifiers, (left, right) => left.Set.Union(right.Set)),
        Specifiers.Select(specifiers => specifiers.Set.Complement()),
        Version.Select(VersionSet.Single));

    public static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}

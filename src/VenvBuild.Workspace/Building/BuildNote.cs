using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// What a lock notes of a source whose build comes to other bytes each time: <c>[packages.tool]</c> with <c>venvbuild = {reproducible = false}</c>
/// (PEP 751 leaves that table to tools, and it changes nothing of what is installed). A pin without the note is reproducible as far as it was seen.
/// </summary>
internal static class BuildNote
{
    private const string Tool = "venvbuild";
    private const string Key = "reproducible";

    /// <summary>Whether a pin has the note.</summary>
    public static bool IsOn(LockedPackage package) =>
        package.Tool is { } tool && tool.TryGet(Tool, out var ours) && ours.TryGet(Key, out var noted) && noted is { Kind: LockValueKind.Boolean, Text: "false" };

    /// <summary>The pin with the note.</summary>
    public static LockedPackage Add(LockedPackage package) => package with
    {
        Tool = LockValue.Table([.. (package.Tool?.Members ?? []).Where(member => member.Key != Tool), new(Tool, LockValue.Table([new(Key, LockValue.Of(false))]))]),
    };

    /// <summary>Why a wheel has another digest than on another day or machine.</summary>
    /// <param name="package">The pin.</param>
    /// <param name="built">Its wheel.</param>
    /// <param name="isForOthers">Whether others are to have it.</param>
    public static Diagnostic Explain(LockedPackage package, BuiltWheel built, bool isForOthers)
    {
        var message = $"{package.Name} {package.Version} was built to {built.File} with sha256:{built.Sha256}, and is built to other bytes each time, as the lock notes: environments with it have another key wherever it is built anew.";
        return isForOthers
            ? Diagnostic.Warning(WheelBuilder.NotReproducibleCode, message, package.Location, "Build it once and share the environment (push), or publish the wheel to an index of yours.")
            : Diagnostic.Verbose(WheelBuilder.NotReproducibleCode, message);
    }
}

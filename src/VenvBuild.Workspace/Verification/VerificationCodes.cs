namespace VenvBuild.Workspace;

/// <summary>The codes of what proving a lock can find: PYENV1260 to PYENV1289.</summary>
internal static class VerificationCodes
{
    /// <summary>Something could not be proven, for want of evidence.</summary>
    public const string Unproven = "PYENV1260";

    /// <summary>The lock answers other requests than the manifest's, or says it does.</summary>
    public const string RequestsDiffer = "PYENV1261";

    /// <summary>A field of the lock itself is not what the manifest asks: Pythons, groups, extras.</summary>
    public const string DocumentDiffers = "PYENV1262";

    /// <summary>A target that must be served is not.</summary>
    public const string TargetNotServed = "PYENV1263";

    /// <summary>The lock claims to serve what nobody declared.</summary>
    public const string ForeignTarget = "PYENV1264";

    /// <summary>Nothing in the lock meets a requirement.</summary>
    public const string MissingPin = "PYENV1265";

    /// <summary>A pin's version does not meet a requirement or constraint.</summary>
    public const string UnmetRequirement = "PYENV1266";

    /// <summary>Two pins of one name count at once.</summary>
    public const string AmbiguousPin = "PYENV1267";

    /// <summary>Nothing asks for a pin.</summary>
    public const string UnneededPin = "PYENV1268";

    /// <summary>A pin's marker is false where the pin is needed.</summary>
    public const string MarkerTooNarrow = "PYENV1269";

    /// <summary>A pin's marker is true where the pin is not needed.</summary>
    public const string MarkerTooWide = "PYENV1270";

    /// <summary>A pin does not run on a target's Python.</summary>
    public const string PythonRefused = "PYENV1271";

    /// <summary>The lock states other Pythons for a pin than its metadata.</summary>
    public const string RequiresPythonDiffers = "PYENV1272";

    /// <summary>No file of a pin can be used on a target.</summary>
    public const string NoFileForTarget = "PYENV1273";

    /// <summary>A file is listed that no target could use.</summary>
    public const string NeedlessFile = "PYENV1274";

    /// <summary>A file that a target could use is left out.</summary>
    public const string OmittedFile = "PYENV1275";

    /// <summary>The manifest's indexes do not offer a release or a file.</summary>
    public const string NotOffered = "PYENV1276";

    /// <summary>A file has another digest than the index states.</summary>
    public const string DigestDiffers = "PYENV1277";

    /// <summary>The lock states another address, size or time of a file than the index.</summary>
    public const string FileDiffers = "PYENV1278";

    /// <summary>A pin is said to come from another index than the manifest lets it.</summary>
    public const string IndexDiffers = "PYENV1279";

    /// <summary>A pin was yanked, and nobody asked for it exactly.</summary>
    public const string Yanked = "PYENV1280";

    /// <summary>A pin is a pre-release that the manifest does not admit.</summary>
    public const string PreRelease = "PYENV1281";

    /// <summary>A source is pinned that may not be built.</summary>
    public const string SourceForbidden = "PYENV1282";

    /// <summary>The lock names other dependencies of a pin than its metadata.</summary>
    public const string DependenciesDiffer = "PYENV1283";

    /// <summary>A pin comes from an address or a tree that the manifest did not name.</summary>
    public const string ForeignSource = "PYENV1284";

    /// <summary>A pin stands in the lock twice.</summary>
    public const string DuplicatePin = "PYENV1285";

    /// <summary>The lock notes another publisher of a pin than the manifest demands.</summary>
    public const string PublisherDiffers = "PYENV1287";

    /// <summary>A pin's file was not attested to by the publisher that the manifest demands.</summary>
    public const string NotAttested = "PYENV1288";

    /// <summary>The lock holds more than can be proven.</summary>
    public const string TooMuch = "PYENV1286";
}

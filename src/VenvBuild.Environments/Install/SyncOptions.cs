namespace VenvBuild.Environments;

/// <summary>How an environment is made; which distributions are in it is the plan's to say.</summary>
public sealed record SyncOptions
{
    /// <summary>How files come from the store.</summary>
    public LinkMode Link { get; init; } = LinkMode.Auto;

    /// <summary>How many wheels are fetched at once.</summary>
    public int MaxDownloads { get; init; } = 16;

    /// <summary>The name that shells show, or null for the folder's.</summary>
    public string? Prompt { get; init; }

    /// <summary>Commands that must succeed in the finished environment before it is visible.</summary>
    public IReadOnlyList<EnvironmentCheck> Checks { get; init; } = [];

    /// <summary>
    /// The names of which a person asked for something else than distributions do (overrides, exclusions): what those miss of them is only warned
    /// of. Null where nobody knows what was asked: then nothing that is missed is an error.
    /// </summary>
    public IReadOnlyCollection<Packaging.PackageName>? Overridden { get; init; }

    /// <summary>Whether the distributions' own tests (folders called <c>tests</c>) are left out.</summary>
    public bool WithoutTests { get; init; }

    /// <summary>Whether the interpreter itself becomes part of the environment, which then needs no other.</summary>
    public bool WithPython { get; init; }

    /// <summary>
    /// The signatures of the description that is installed, which are kept with it in the environment so that it can be checked again later;
    /// null where there are none.
    /// </summary>
    public ReadOnlyMemory<byte>? Signatures { get; init; }

    /// <summary>What the environment says of distributions that were asked for by their address; null for nothing.</summary>
    public EnvironmentOrigins? Origins { get; init; }

    /// <summary>Told of what was done, for those who ask for detail.</summary>
    public Action<Packaging.Diagnostic>? Remark { get; init; }

    /// <summary>Whether native modules that could not be loaded are an error.</summary>
    internal bool RequiresLibraries => Checks.Any(check => check.Command == EnvironmentCheck.Libraries);

    /// <summary>What of these options shows in the finished environment: where it is another, the environment is made again.</summary>
    internal string Form => Link.ToString().ToLowerInvariant() + (WithoutTests ? TestsForm : "") + (WithPython ? PythonForm : "")
        + (Origins is null ? "" : OriginsForm + Origins.Digest);

    /// <summary>How <see cref="Form"/> begins to say what the environment says of addresses.</summary>
    internal const string OriginsForm = ", origins ";

    /// <summary>How <see cref="Form"/> says that tests were left out.</summary>
    internal const string TestsForm = ", without tests";

    /// <summary>How <see cref="Form"/> says that the interpreter is part of the environment.</summary>
    internal const string PythonForm = ", with Python";
}

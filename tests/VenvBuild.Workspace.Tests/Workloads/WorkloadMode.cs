namespace VenvBuild.Workspace.Tests;

/// <summary>One of the ways in which the slice's workloads are solved: the same question in the manifest's words and in uv's.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Python">The manifest's <c>python</c>.</param>
/// <param name="Platforms">The manifest's <c>platforms</c>.</param>
/// <param name="More">Further lines of the manifest.</param>
/// <param name="Uv">uv's options.</param>
internal sealed record WorkloadMode(string Name, string Python, string Platforms, string More, params string[] Uv)
{
    private const string Everywhere = "linux-x64, win-x64, osx-arm64";

    public static IReadOnlyList<WorkloadMode> All { get; } =
    [
        Universal("universal-3.9", "3.9", ""),
        Universal("universal-3.11", "3.11", ""),
        Universal("universal-3.13", "3.13", ""),
        new("linux-3.11", "==3.11.*", "linux-x64", "", "--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_28"),
        new("linux-3.12", "==3.12.*", "linux-x64", "", "--python-version", "3.12", "--python-platform", "x86_64-manylinux_2_28"),
        new("windows-3.11", "==3.11.*", "win-x64", "", "--python-version", "3.11", "--python-platform", "x86_64-pc-windows-msvc"),
        new("macos-3.12", "==3.12.*", "osx-arm64", "", "--python-version", "3.12", "--python-platform", "aarch64-apple-darwin"),
        Universal("lowest-direct", "3.11", "resolution: lowest-direct\n", "--resolution", "lowest-direct"),
        Universal("as-of-2026-06-01", "3.11", "exclude-newer: 2026-06-01\n", "--exclude-newer", "2026-06-02T00:00:00Z"),
        Universal("as-of-2025-09-01", "3.11", "exclude-newer: 2025-09-01\n", "--exclude-newer", "2025-09-02T00:00:00Z"),
    ];

    /// <summary>Whether direct requests get the oldest that fits.</summary>
    public bool IsLowest => Name == "lowest-direct";

    public bool IsUniversal => Uv.Contains("--universal");

    private static WorkloadMode Universal(string name, string minor, string more, params string[] uv) =>
        new(name, ">=" + minor, Everywhere, more, ["--universal", "--python-version", minor, .. uv]);
}

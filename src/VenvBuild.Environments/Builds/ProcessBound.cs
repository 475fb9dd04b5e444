using System.Globalization;

namespace VenvBuild.Environments;

/// <summary>
/// Holds how many processes and threads strangers' code may have at once, by the kernel, so that nothing need be quicker than it. Limits of a
/// user (<c>RLIMIT_NPROC</c>) do not hold for the machine's first one; the highest number that a process can have in a namespace of its own does
/// (Linux 6.14).
/// </summary>
internal static class ProcessBound
{
    // What the kernel leaves free at the low end, once its numbers begin anew.
    private const int Reserved = 301;

    private const string Program = """
        echo "$1" > /proc/sys/kernel/pid_max 2>/dev/null || [ "$2" = may ] || { echo 'Nothing here bounds the number of processes: run as another user than root, or on Linux 6.14.' >&2; exit 125; }
        shift 2
        exec "$@"
        """;

    /// <summary>The command line that runs a command with at most so many processes and threads; where nothing can bound them, it fails.</summary>
    public static IReadOnlyList<string> Wrap(IReadOnlyList<string> command, int tasks) =>
    [
        "unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", Program, "bound",
        (tasks + Reserved).ToString(CultureInfo.InvariantCulture), Environment.IsPrivilegedProcess ? "must" : "may", .. command,
    ];
}

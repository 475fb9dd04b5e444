using CliWrap;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Keeps a build from the network and the home folder: bubblewrap where it is installed, else namespaces of Linux by <c>unshare</c>. A limit
/// to what a build can reach, not a proof against one that attacks the kernel.
/// </summary>
internal sealed class BuildSandbox
{
    // Puts what must stay aside, lays an empty folder over the home, and puts it back: $1 the home, $2 how many stay, then they, then the command.
    private const string Enter = """
        set -e
        home=$1; count=$2; shift 2
        mount -t tmpfs tmpfs /mnt
        i=0; kept=
        while [ $i -lt $count ]; do
            mkdir "/mnt/$i"; mount --rbind "$1" "/mnt/$i"; printf '%s\n' "$1" > "/mnt/$i.path"
            shift; i=$((i + 1))
        done
        mount -t tmpfs tmpfs "$home"
        i=0
        while [ $i -lt $count ]; do
            path=$(cat "/mnt/$i.path"); mkdir -p "$path"; mount --rbind "/mnt/$i" "$path"; i=$((i + 1))
        done
        umount -l /mnt
        cd "$1"; shift
        exec "$@"
        """;

    private readonly bool _isBubblewrap;
    private readonly string _home;
    private readonly IReadOnlyList<string> _kept;

    private BuildSandbox(bool isBubblewrap, string home, IReadOnlyList<string> kept) => (_isBubblewrap, _home, _kept) = (isBubblewrap, home, kept);

    /// <summary>The sandbox that works on this machine.</summary>
    /// <param name="kept">What a build sees although it may be in the home folder: the build's own folder, the interpreter.</param>
    /// <param name="cancellationToken">Ends the trial.</param>
    /// <exception cref="DiagnosticException">None works here.</exception>
    public static async Task<BuildSandbox> FindAsync(IReadOnlyList<string> kept, CancellationToken cancellationToken)
    {
        return await FindAsync(isBubblewrap: true, kept, cancellationToken).ConfigureAwait(false)
            ?? await FindAsync(isBubblewrap: false, kept, cancellationToken).ConfigureAwait(false)
            ?? throw new DiagnosticException(ExitCode.BuildFailed, Diagnostic.Error(
            BuildCodes.NoSandbox, "Nothing here keeps a build from the network and the home folder: neither bubblewrap (bwrap) nor unshare works on this machine.",
            remedy: "Install bubblewrap and allow user namespaces, build on Linux, or leave out --sandbox where the sources are trusted."));
    }

    /// <summary>The sandbox of one kind; null where it does not work on this machine.</summary>
    public static async Task<BuildSandbox?> FindAsync(bool isBubblewrap, IReadOnlyList<string> kept, CancellationToken cancellationToken)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var sandbox = new BuildSandbox(isBubblewrap, home, kept);
        return OperatingSystem.IsLinux() && home.Length > 1 && await sandbox.WorksAsync(cancellationToken).ConfigureAwait(false) ? sandbox : null;
    }

    /// <summary>Whether a variable goes into the sandbox: what compilers read, and nothing that may hold a secret.</summary>
    public static bool Keeps(string variable) =>
        variable is "PATH" or "LANG" or "CC" or "CXX" or "LD" or "AR" or "CFLAGS" or "CXXFLAGS" or "CPPFLAGS" or "LDFLAGS" or "PKG_CONFIG_PATH" or "MAKEFLAGS";

    /// <summary>The command line that runs a command in the sandbox.</summary>
    public IReadOnlyList<string> Wrap(IReadOnlyList<string> command, string workingDirectory) => _isBubblewrap
        ? ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", _home,
            .. _kept.SelectMany((path, i) => new[] { i == 0 ? "--bind" : "--ro-bind", path, path }), "--chdir", workingDirectory, .. command]
        : ["unshare", "--user", "--map-root-user", "--net", "--ipc", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", Enter, "sandbox",
            _home, _kept.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), .. _kept, workingDirectory, .. command];

    private async Task<bool> WorksAsync(CancellationToken cancellationToken)
    {
        try
        {
            var command = Wrap(["true"], _kept[0]);
            var result = await Cli.Wrap(command[0]).WithArguments(command.Skip(1)).WithValidation(CommandResultValidation.None).ExecuteAsync(cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

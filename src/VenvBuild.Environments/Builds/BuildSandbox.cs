using CliWrap;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Keeps a build from the network and the home folder, or, sealed, from all of the machine but the system's own programs: bubblewrap where it is
/// installed, else namespaces of Linux by <c>unshare</c>. A limit to what a build can reach, not a proof against one that attacks the kernel.
/// </summary>
internal sealed class BuildSandbox
{
    // Without any of the rights that made it, so that nothing that was laid over is lifted: "--" and the command follow.
    private const string Drop = "exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs -- \"$@\"";

    // What follows is found whatever the caller's path is.
    private const string Programs = "PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin; export PATH";

    // $1 the home, $2 how many folders stay in sight, then each with 'w' or 'r' before it, then where to work, then the command.
    private const string Enter = $$"""
        set -e
        {{Programs}}
        home=$1; count=$2; shift 2
        mount -t tmpfs tmpfs /mnt
        i=0
        while [ $i -lt $count ]; do
            mkdir "/mnt/$i"; mount --rbind "$2" "/mnt/$i"; printf '%s\n' "$2" > "/mnt/$i.path"
            if [ "$1" = r ]; then mount -o remount,bind,ro "/mnt/$i"; fi
            shift 2; i=$((i + 1))
        done
        mount -t tmpfs tmpfs "$home"
        i=0
        while [ $i -lt $count ]; do
            path=$(cat "/mnt/$i.path"); mkdir -p "$path"; mount --rbind "/mnt/$i" "$path"; i=$((i + 1))
        done
        umount -l /mnt
        cd "$1"; shift
        {{Drop}}
        """;

    private const string SealedHome = "/home/build";

    // The same arguments; the home is not needed.
    private static readonly string EnterSealed = $$"""
        set -e
        {{Programs}}
        count=$2; shift 2
        {{BareRoot.Commands}}
        mkdir -p .{{SealedHome}}
        i=0
        while [ $i -lt $count ]; do
            mkdir -p ".$2"; mount --rbind "$2" ".$2"
            if [ "$1" = r ]; then mount -o remount,bind,ro ".$2"; fi
            shift 2; i=$((i + 1))
        done
        mount -o remount,ro .
        pivot_root . old
        cd "$1"; shift
        umount -l /old
        {{Drop}}
        """;

    private readonly bool _isBubblewrap;
    private readonly bool _isSealed;
    private readonly string _home;
    private readonly IReadOnlyList<string> _kept;

    private BuildSandbox(bool isBubblewrap, bool isSealed, string home, IReadOnlyList<string> kept) => (_isBubblewrap, _isSealed, _home, _kept) = (isBubblewrap, isSealed, home, kept);

    /// <summary>The sandbox that works on this machine.</summary>
    /// <param name="isSealed">Whether nothing but the system's own programs is in sight.</param>
    /// <param name="kept">What a build reads although it may be in the home folder: the interpreter.</param>
    /// <param name="cancellationToken">Ends the trial.</param>
    /// <exception cref="DiagnosticException">None works here.</exception>
    public static async Task<BuildSandbox> FindAsync(bool isSealed, IReadOnlyList<string> kept, CancellationToken cancellationToken)
    {
        return await FindAsync(isBubblewrap: true, isSealed, kept, cancellationToken).ConfigureAwait(false)
            ?? await FindAsync(isBubblewrap: false, isSealed, kept, cancellationToken).ConfigureAwait(false)
            ?? throw new DiagnosticException(ExitCode.BuildFailed, Diagnostic.Error(
            BuildCodes.NoSandbox, "Nothing here keeps a build from the network and the home folder: neither bubblewrap (bwrap) nor unshare works on this machine.",
            remedy: "Install bubblewrap and allow user namespaces, build on Linux, or leave out --sandbox where the sources are trusted."));
    }

    /// <summary>The sandbox of one kind; null where it does not work on this machine.</summary>
    public static async Task<BuildSandbox?> FindAsync(bool isBubblewrap, bool isSealed, IReadOnlyList<string> kept, CancellationToken cancellationToken)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        // What the system's folders hold is in sight anyhow.
        var sandbox = new BuildSandbox(isBubblewrap, isSealed, home, [.. kept.Where(path => !isSealed || !IsOfSystem(path)).Distinct(StringComparer.Ordinal)]);
        return OperatingSystem.IsLinux() && (isSealed || home.Length > 1) && await sandbox.WorksAsync(cancellationToken).ConfigureAwait(false) ? sandbox : null;
    }

    /// <summary>Whether a variable goes into the sandbox: what compilers read, and nothing that may hold a secret.</summary>
    public static bool Keeps(string variable) =>
        variable is "PATH" or "LANG" or "CC" or "CXX" or "LD" or "AR" or "CFLAGS" or "CXXFLAGS" or "CPPFLAGS" or "LDFLAGS" or "PKG_CONFIG_PATH" or "MAKEFLAGS";

    /// <summary>The command line that runs a command in the sandbox.</summary>
    /// <param name="command">The command.</param>
    /// <param name="workingDirectory">Where it is run.</param>
    /// <param name="written">The folders that it writes in; it sees them wherever they are.</param>
    /// <param name="read">Further folders that it reads.</param>
    /// <param name="bounds">What it may use; null for no bounds.</param>
    public IReadOnlyList<string> Wrap(IReadOnlyList<string> command, string workingDirectory, IReadOnlyList<string> written, IReadOnlyList<string> read, BuildBounds? bounds = null) =>
        bounds is null ? Wrap(command, workingDirectory, written, [.. _kept, .. read]) : ProcessBound.Wrap(Wrap([.. BuildWatch.Limits(bounds), .. command], workingDirectory, written, [.. _kept, .. read]), bounds.Tasks);

    private List<string> Wrap(IReadOnlyList<string> command, string workingDirectory, IReadOnlyList<string> written, List<string> all)
    {
        if (_isBubblewrap)
        {
            IEnumerable<string> root = _isSealed
                ? BareRoot.Bubblewrap(SealedHome)
                : ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", _home];
            return ["bwrap", .. root, .. Bound("--ro-bind", all), .. Bound("--bind", written), "--chdir", workingDirectory, "--", .. command];
        }

        return
        [
            "unshare", "--user", "--map-root-user", "--net", "--ipc", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
            "sh", "-c", _isSealed ? EnterSealed : Enter, "sandbox", _home, (all.Count + written.Count).ToString(System.Globalization.CultureInfo.InvariantCulture),
            .. all.SelectMany(path => new[] { "r", path }), .. written.SelectMany(path => new[] { "w", path }), workingDirectory, .. command,
        ];
    }

    private static IEnumerable<string> Bound(string how, IEnumerable<string> paths) => paths.SelectMany(path => new[] { how, path, path });

    private static bool IsOfSystem(string path) => path == "/usr" || path.StartsWith("/usr/", StringComparison.Ordinal);

    private async Task<bool> WorksAsync(CancellationToken cancellationToken)
    {
        var trial = Path.Combine(Path.GetTempPath(), $"venvbuild-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(trial);
            var command = Wrap(["true"], trial, [trial], [], _isSealed ? new() : null);
            var result = await Cli.Wrap(command[0]).WithArguments(command.Skip(1)).WithValidation(CommandResultValidation.None).ExecuteAsync(cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            FolderRemoval.TryRemove(trial);
        }
    }
}

using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What a pip <c>requirements.txt</c> asks for, as far as it means something in a manifest.</summary>
internal sealed class RequirementsFile
{
    private const int MaxFiles = 64;
    private const int MaxBytes = 4 << 20;

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public List<string> Requirements { get; } = [];

    public List<string> Constraints { get; } = [];

    /// <summary>Indexes as flow mappings, in the order in which pip asks them.</summary>
    public List<string> Indexes { get; } = [];

    public List<string> FindLinks { get; } = [];

    public List<string> LeftOut { get; } = [];

    public static async Task<RequirementsFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) && !path.EndsWith(".in", StringComparison.OrdinalIgnoreCase))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.CannotTakeFrom, "Requests can be taken from a pip requirements file (.txt or .in) only, so far.", new(path),
                "Copy the requirements into the manifest by hand."));
        }

        var file = new RequirementsFile();
        await file.AddAsync(path, false, cancellationToken).ConfigureAwait(false);
        return file;
    }

    private async Task AddAsync(string path, bool isConstraints, CancellationToken cancellationToken)
    {
        if (!_read.Add(path) || _read.Count > MaxFiles)
            return;
        string[] lines;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw Fault(path, 0, "The file is larger than 4 MiB.");
            lines = await File.ReadAllLinesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Fault(path, 0, $"The file cannot be read: {fault.Message}");
        }

        for (var i = 0; i < lines.Length; i++)
        {
            var first = i + 1;
            var line = lines[i];
            while (line.EndsWith('\\') && i + 1 < lines.Length)
                line = line[..^1] + " " + lines[++i];
            await AddLineAsync(path, first, WithoutComment(line).Trim(), isConstraints, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AddLineAsync(string path, int number, string line, bool isConstraints, CancellationToken cancellationToken)
    {
        if (line.Length == 0)
            return;
        if (line[0] == '-')
        {
            await AddOptionAsync(path, number, line, isConstraints, cancellationToken).ConfigureAwait(false);
            return;
        }

        var hashes = line.IndexOf(" --hash", StringComparison.Ordinal);
        var text = hashes < 0 ? line : line[..hashes].TrimEnd();
        try
        {
            (isConstraints ? Constraints : Requirements).Add(Requirement.Parse(text).ToString());
        }
        catch (PackagingFormatException fault)
        {
            throw Fault(path, number, $"'{text}' is no requirement: {fault.Message}", fault.Position + 1);
        }
    }

    private async Task AddOptionAsync(string path, int number, string line, bool isConstraints, CancellationToken cancellationToken)
    {
        var end = line.IndexOfAny([' ', '=']);
        var (option, value) = end < 0 ? (line, "") : (line[..end], line[(end + 1)..].Trim());
        switch (option)
        {
            case "-r" or "--requirement":
                await AddAsync(Beside(path, value), isConstraints, cancellationToken).ConfigureAwait(false);
                break;
            case "-c" or "--constraint":
                await AddAsync(Beside(path, value), true, cancellationToken).ConfigureAwait(false);
                break;
            case "-i" or "--index-url" or "--extra-index-url":
                AddIndex(path, number, value);
                break;
            case "-f" or "--find-links":
                FindLinks.Add(value);
                break;
            default:
                LeftOut.Add($"{Path.GetFileName(path)}({number}): {option} has no place in a manifest");
                break;
        }
    }

    private void AddIndex(string path, int number, string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url))
            throw Fault(path, number, $"'{value}' is no absolute URL.");
        if (url.UserInfo.Length > 0)
        {
            url = new UriBuilder(url) { UserName = "", Password = "" }.Uri;
            LeftOut.Add($"{Path.GetFileName(path)}({number}): the credentials in the index's URL; give them by the environment or netrc");
        }

        Indexes.Add($"{{name: index-{Indexes.Count + 1}, url: \"{url.AbsoluteUri}\"}}");
    }

    private static string Beside(string path, string other) => Path.GetFullPath(other, Path.GetDirectoryName(path)!);

    private static string WithoutComment(string line)
    {
        if (line.StartsWith('#'))
            return "";
        var comment = line.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? line : line[..comment];
    }

    private static DiagnosticException Fault(string path, int line, string message, int column = 0) =>
        new(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.CannotTakeFrom, message, new(path, line, column), "Correct the file, or leave '--from' out."));
}

using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What a pip <c>requirements.txt</c> asks for, as far as it means something in a manifest.</summary>
internal sealed class RequirementsFile(TakenRequests taken)
{
    private const int MaxFiles = 64;
    private const int MaxBytes = 4 << 20;
    private static readonly string[] Repositories = ["git+", "hg+", "svn+", "bzr+"];
    private const string AllowsPreReleases = "prereleases: allow";

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public static async Task<TakenRequests> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var taken = new TakenRequests();
        await new RequirementsFile(taken).AddAsync(path, false, cancellationToken).ConfigureAwait(false);
        return taken;
    }

    /// <summary>Adds what lines of such a file ask for that stand in another one.</summary>
    public static async Task AddLinesAsync(TakenRequests taken, string path, IEnumerable<(int Number, int Column, string Text)> lines, CancellationToken cancellationToken)
    {
        var file = new RequirementsFile(taken);
        foreach (var (number, column, text) in lines)
            await file.AddLineAsync(path, number, WithoutComment(text).Trim(), false, cancellationToken, column).ConfigureAwait(false);
    }

    private async Task AddAsync(string path, bool isConstraints, CancellationToken cancellationToken)
    {
        if (!_read.Add(path) || _read.Count > MaxFiles)
            return;
        string[] lines;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw RequestsFile.Fault(path, 0, "The file is larger than 4 MiB.");
            lines = await File.ReadAllLinesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw RequestsFile.Fault(path, 0, $"The file cannot be read: {fault.Message}");
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

    private async Task AddLineAsync(string path, int number, string line, bool isConstraints, CancellationToken cancellationToken, int column = 1)
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
        if (IsRepository(text))
        {
            taken.LeftOut.Add($"{Path.GetFileName(path)}({number}): '{Credentials.Strip(text)}' comes from a repository; ask for a built wheel by its address");
            return;
        }

        try
        {
            (isConstraints ? taken.Constraints : taken.Requirements).Add(Credentials.Strip(Requirement.Parse(AsRequirement(path, text) ?? text).ToString()));
        }
        catch (PackagingFormatException fault)
        {
            throw RequestsFile.Fault(path, number, $"'{text}' is no requirement: {fault.Message}", fault.Position + column);
        }
    }

    private static bool IsRepository(string text)
    {
        var address = text.Split('@', 2) is [var name, var rest] && PackageName.TryParse(name.Split('[')[0].Trim(), out _) ? rest.TrimStart() : text;
        return Repositories.Any(kind => address.StartsWith(kind, StringComparison.Ordinal));
    }

    /// <summary>What pip takes in place of a requirement: an address, a wheel's path, a project's folder. Null where the line is none of these.</summary>
    private static string? AsRequirement(string path, string text)
    {
        var marker = text.IndexOf(" ;", StringComparison.Ordinal);
        var (place, rest) = marker < 0 ? (text, "") : (text[..marker].TrimEnd(), text[marker..]);
        var extras = "";
        if (place.EndsWith(']') && place.LastIndexOf('[') is var open and > 0)
            (place, extras) = (place[..open], place[open..]);
        place = Expand(place);
        var isAddress = place.Contains("://", StringComparison.Ordinal) && !place.Contains('@', StringComparison.Ordinal) && !place.Contains(' ', StringComparison.Ordinal);
        if (!isAddress && !place.StartsWith('.') && !place.StartsWith('/') && !place.EndsWith(".whl", StringComparison.Ordinal))
            return null;
        var file = Uri.UnescapeDataString(place.Split('#', '?')[0].TrimEnd('/').Split('/')[^1]);
        var name = WheelFileName.TryParse(file, out var wheel) ? wheel.Name : SdistFileName.TryParse(file, out var sdist) ? sdist.Name : isAddress ? default(PackageName?) : ProjectName(path, place);
        return name is null ? null : $"{name}{extras} @ {(isAddress ? place : RequestsFile.LocalAddress(place))}{rest}";
    }

    /// <summary>The name that a project's folder declares.</summary>
    private static PackageName? ProjectName(string path, string folder)
    {
        try
        {
            var file = Path.Combine(Beside(path, folder), "pyproject.toml");
            return new FileInfo(file) is { Exists: true, Length: <= MaxBytes } && PackageName.TryParse(TomlDocument.Parse(File.ReadAllText(file), file).Table("project").Text("name"), out var name)
                ? name
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DiagnosticException)
        {
            return null;
        }
    }

    private void AddEditable(string path, int number, string value)
    {
        var text = AsRequirement(path, value);
        if (text is null)
        {
            taken.LeftOut.Add($"{Path.GetFileName(path)}({number}): '{Credentials.Strip(value)}', which is no folder of a project that declares its name; ask for a built wheel by its address");
            return;
        }

        taken.Requirements.Add(Credentials.Strip(text));
        taken.ToCheck.Add($"{Path.GetFileName(path)}({number}): it is installed as it is built, not as an editable project");
    }

    private async Task AddOptionAsync(string path, int number, string line, bool isConstraints, CancellationToken cancellationToken)
    {
        var end = line.IndexOfAny([' ', '=']);
        var (option, value) = end < 0 ? (line, "") : (line[..end], line[(end + 1)..].Trim());
        switch (option)
        {
            case "-r" or "--requirement":
                await AddAsync(Beside(path, Expand(value)), isConstraints, cancellationToken).ConfigureAwait(false);
                break;
            case "-c" or "--constraint":
                await AddAsync(Beside(path, Expand(value)), true, cancellationToken).ConfigureAwait(false);
                break;
            case "-i" or "--index-url" or "--extra-index-url":
                taken.AddIndex(null, value, $"{Path.GetFileName(path)}({number})");
                break;
            case "-f" or "--find-links":
                taken.FindLinks.Add(Credentials.Strip(Expand(value)));
                break;
            case "-e" or "--editable":
                AddEditable(path, number, value);
                break;
            case "--pre":
                if (!taken.Settings.Contains(AllowsPreReleases))
                    taken.Settings.Add(AllowsPreReleases);
                break;
            case "--prefer-binary" or "--require-hashes" or "--only-binary" when option != "--only-binary" || value == ":all:":
                // So it is always.
                break;
            default:
                taken.LeftOut.Add($"{Path.GetFileName(path)}({number}): {option} has no place in a manifest");
                break;
        }
    }

    private static string Beside(string path, string other) => Path.GetFullPath(other, Path.GetDirectoryName(path)!);

    private static string WithoutComment(string line)
    {
        if (line.StartsWith('#'))
            return "";
        var comment = line.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? line : line[..comment];
    }

    /// <summary>pip's <c>${NAME}</c>, in places of files only: what may be a password stays a name.</summary>
    private static string Expand(string value)
    {
        foreach (var part in value.Split("${").Skip(1))
        {
            var name = part.Split('}')[0];
            if (name.Length > 0 && name.All(c => c is '_' || char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)) && Environment.GetEnvironmentVariable(name) is { } known)
                value = value.Replace($"${{{name}}}", known, StringComparison.Ordinal);
        }

        return value;
    }
}

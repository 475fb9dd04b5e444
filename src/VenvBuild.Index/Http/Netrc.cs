using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>The credentials in a netrc file: <c>machine HOST login USER password WORD</c>, and <c>default</c> for all other hosts.</summary>
internal sealed class Netrc
{
    private const int MaxLength = 1 << 20;

    private readonly Dictionary<string, Credentials> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private Credentials? _default;

    /// <summary>The file's path as it may be shown, or null when there is none.</summary>
    public string? Path { get; private init; }

    /// <summary>
    /// Reads the file that <c>NETRC</c> names, else <c>~/.netrc</c> (also <c>~/_netrc</c> on Windows). A missing file holds nothing.
    /// </summary>
    /// <exception cref="DiagnosticException">A file that <c>NETRC</c> names cannot be read.</exception>
    public static Netrc Read(Func<string, string?> environment)
    {
        var chosen = environment("NETRC");
        var home = environment("HOME") is { Length: > 0 } set ? set : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] paths = chosen is { Length: > 0 }
            ? [chosen]
            : OperatingSystem.IsWindows()
                ? [System.IO.Path.Combine(home, "_netrc"), System.IO.Path.Combine(home, ".netrc")]
                : [System.IO.Path.Combine(home, ".netrc")];
        foreach (var path in paths)
        {
            try
            {
                if (File.Exists(path) && new FileInfo(path).Length <= MaxLength)
                    return Parse(File.ReadAllText(path), path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                    IndexCodes.BadNetrc,
                    $"The file of credentials {path} cannot be read: {e.Message}",
                    new SourceLocation(path),
                    "Correct its permissions, or set NETRC to another file."), e);
            }
        }

        return new() { Path = chosen is { Length: > 0 } ? chosen : null };
    }

    public static Netrc Parse(string text, string? path = null)
    {
        var netrc = new Netrc { Path = path };
        var words = new Words(text);
        string? host = null, user = null, password = null;
        var isDefault = false;
        while (words.Next() is { } word)
        {
            switch (word)
            {
                case "machine" or "default":
                    netrc.Add(host, isDefault, user, password);
                    (user, password) = (null, null);
                    isDefault = word == "default";
                    host = isDefault ? null : words.Next();
                    break;
                case "login" or "user":
                    user = words.Next();
                    break;
                case "password":
                    password = words.Next();
                    break;
                case "account":
                    words.Next();
                    break;
                case "macdef":
                    words.SkipToBlankLine();
                    break;
            }
        }

        netrc.Add(host, isDefault, user, password);
        return netrc;
    }

    public Credentials? For(string host) => _hosts.GetValueOrDefault(host, _default!);

    private void Add(string? host, bool isDefault, string? user, string? password)
    {
        if (password is null)
            return;
        if (isDefault)
            _default ??= new(user ?? "", password);
        else if (host is not null)
            _hosts.TryAdd(host, new(user ?? "", password));
    }

    private sealed class Words(string text)
    {
        private int _at;

        public string? Next()
        {
            while (true)
            {
                while (_at < text.Length && char.IsWhiteSpace(text[_at]))
                    _at++;
                if (_at >= text.Length)
                    return null;
                if (text[_at] != '#')
                    break;
                while (_at < text.Length && text[_at] != '\n')
                    _at++;
            }

            if (text[_at] == '"')
                return Quoted();
            var start = _at;
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]))
                _at++;
            return text[start.._at];
        }

        public void SkipToBlankLine()
        {
            var normal = text.IndexOf("\n\n", _at, StringComparison.Ordinal);
            var windows = text.IndexOf("\n\r\n", _at, StringComparison.Ordinal);
            _at = (normal, windows) switch
            {
                ( < 0, < 0) => text.Length,
                ( < 0, _) => windows,
                (_, < 0) => normal,
                _ => Math.Min(normal, windows),
            };
        }

        private string Quoted()
        {
            var word = new System.Text.StringBuilder();
            for (_at++; _at < text.Length && text[_at] != '"'; _at++)
            {
                if (text[_at] == '\\' && _at + 1 < text.Length)
                    _at++;
                word.Append(text[_at]);
            }

            _at++;
            return word.ToString();
        }
    }
}

using System.Text;

namespace VenvBuild.Environments;

/// <summary>What a build says: passed on as it comes, kept in a file, its end remembered for the error.</summary>
internal sealed class BuildLog : IDisposable
{
    private const int TailLines = 40;
    private const int MaxLine = 500;
    private const long MaxBytes = 64L << 20;

    private readonly StreamWriter _file;
    private readonly Action<string>? _live;
    private readonly Queue<string> _tail = new();
    private long _written;
    private bool _isClosed;

    public BuildLog(string path, Action<string>? live)
    {
        (Path, _live) = (path, live);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        _file = new(path, append: false, new UTF8Encoding(false)) { AutoFlush = true };
    }

    public string Path { get; }

    /// <summary>The last lines, fit to be shown.</summary>
    public string Tail
    {
        get
        {
            lock (_tail)
                return string.Join('\n', _tail);
        }
    }

    public void Add(string line)
    {
        var shown = string.Concat((line.Length > MaxLine ? line[..MaxLine] + "..." : line).Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c));
        lock (_tail)
        {
            // A process that is being ended may say something yet.
            if (_isClosed)
                return;
            _tail.Enqueue(shown);
            if (_tail.Count > TailLines)
                _tail.Dequeue();
            _written += line.Length + 1;
            if (_written <= MaxBytes)
                _file.WriteLine(line);
        }

        _live?.Invoke(shown);
    }

    public void Dispose()
    {
        lock (_tail)
        {
            _isClosed = true;
            _file.Dispose();
        }
    }
}

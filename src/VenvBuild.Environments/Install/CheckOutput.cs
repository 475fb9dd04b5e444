using System.Text;

namespace VenvBuild.Environments;

/// <summary>What a check says: the end of it for a message, and all of it, as far as any person would read, in a file. Safe between threads.</summary>
internal sealed class CheckOutput(string path, int maxShown, int maxKept) : IDisposable
{
    private readonly StreamWriter _file = new(path, append: false, new UTF8Encoding(false));
    private readonly StringBuilder _end = new();
    private int _left = maxKept;

    /// <summary>The end of what was said.</summary>
    public string End
    {
        get
        {
            lock (_end)
                return _end.Length > maxShown ? _end.ToString(_end.Length - maxShown, maxShown) : _end.ToString();
        }
    }

    /// <summary>Takes a line.</summary>
    public void Add(string line)
    {
        lock (_end)
        {
            _end.AppendLine(line);
            if (_end.Length > 2 * maxShown)
                _end.Remove(0, _end.Length - maxShown);
            if (_left < 0)
                return;
            _left -= line.Length + 1;
            _file.WriteLine(_left < 0 ? "(it said more than is kept)" : line);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

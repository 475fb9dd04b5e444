using System.Diagnostics;

namespace VenvBuild.Cli;

/// <summary>One line at the bottom of a terminal that says what goes on, and is gone when that is over.</summary>
internal sealed class ProgressLine(Streams streams, Verbosity verbosity)
{
    private const string Erase = "\r\u001b[K";
    private const int MaxLength = 79;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly bool _isShown = streams is { IsErrorTerminal: true, HasColor: true } && verbosity != Verbosity.Quiet;
    private readonly Lock _lock = new();
    private long _lastWrite;
    private bool _isThere;

    /// <summary>Shows <paramref name="text"/> in place of what was shown before; more than ten calls a second are not all shown.</summary>
    public void Show(string text)
    {
        if (!_isShown)
            return;
        lock (_lock)
        {
            if (_lastWrite != 0 && Stopwatch.GetElapsedTime(_lastWrite) < Pace)
                return;
            _lastWrite = Stopwatch.GetTimestamp();
            _isThere = true;
            streams.Error.Write(Erase + (text.Length > MaxLength ? text[..MaxLength] : text));
        }
    }

    /// <summary>Takes the line away, so that something lasting can be written.</summary>
    public void Interrupt()
    {
        lock (_lock)
        {
            if (_isThere)
                streams.Error.Write(Erase);
            _isThere = false;
        }
    }
}

using System.Buffers;
using System.Text;
using CliWrap;

namespace VenvBuild.Environments;

/// <summary>Takes what a process says a line at a time, with bounds: a line that does not end is passed on in parts, and memory stays what it is.</summary>
internal static class OutputLines
{
    private const int MaxLine = 8_000;

    /// <summary>Passes lines on; <paramref name="read"/> is told of each part's length in bytes, and may end the work.</summary>
    public static PipeTarget To(Action<string> take, Action<int>? read = null) => PipeTarget.Create(async (stream, cancellationToken) =>
    {
        var bytes = ArrayPool<byte>.Shared.Rent(16 << 10);
        var chars = new char[bytes.Length + 4];
        var decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
        var line = new StringBuilder();
        try
        {
            int count;
            while ((count = await stream.ReadAsync(bytes, cancellationToken).ConfigureAwait(false)) > 0)
            {
                read?.Invoke(count);
                Split(chars.AsSpan(0, decoder.GetChars(bytes.AsSpan(0, count), chars, flush: false)), line, take);
            }

            if (line.Length > 0)
                take(line.ToString());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    });

    private static void Split(ReadOnlySpan<char> text, StringBuilder line, Action<string> take)
    {
        foreach (var c in text)
        {
            if (c == '\n' || line.Length == MaxLine)
            {
                var length = line.Length > 0 && line[^1] == '\r' ? line.Length - 1 : line.Length;
                take(line.ToString(0, length));
                line.Clear();
            }

            if (c != '\n')
                line.Append(c);
        }
    }
}

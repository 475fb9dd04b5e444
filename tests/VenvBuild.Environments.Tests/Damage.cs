namespace VenvBuild.Environments.Tests;

/// <summary>One flipped bit, as a disk flips it: size, time and mode stay. Disposing flips it back.</summary>
internal sealed class Damage : IDisposable
{
    private readonly string _path;
    private readonly long _at;
    private readonly byte _bit;

    private Damage(string path, long at, byte bit) => (_path, _at, _bit) = (path, at, bit);

    public static Damage Flip(string path, Random random)
    {
        var damage = new Damage(path, random.NextInt64(new FileInfo(path).Length), (byte)(1 << random.Next(8)));
        damage.Flip();
        return damage;
    }

    public void Dispose() => Flip();

    private void Flip()
    {
        var info = new FileInfo(_path);
        var (time, mode) = (info.LastWriteTimeUtc, OperatingSystem.IsWindows() ? default : info.UnixFileMode);
        if (!OperatingSystem.IsWindows())
            info.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = File.Open(_path, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = _at;
            var value = file.ReadByte();
            file.Position = _at;
            file.WriteByte((byte)(value ^ _bit));
        }

        File.SetLastWriteTimeUtc(_path, time);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_path, mode);
    }
}

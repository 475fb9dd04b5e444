using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>Makes an sdist whose backend is in its own tree, so that a build needs nothing from anywhere.</summary>
public sealed class SdistMaker(string name, string version = "1.0")
{
    /// <summary>A backend of a few lines: it makes a wheel with one module, whose body is what a test wants to know.</summary>
    private const string Backend = """
        import base64, hashlib, os, sys, zipfile
        NAME, VERSION = '@NAME@', '@VERSION@'
        def _metadata():
            return 'Metadata-Version: 2.1\nName: %s\nVersion: %s\n@REQUIRES@' % (NAME, VERSION)
        def prepare_metadata_for_build_wheel(folder, settings=None):
            info = '%s-%s.dist-info' % (NAME, VERSION)
            os.makedirs(os.path.join(folder, info))
            with open(os.path.join(folder, info, 'METADATA'), 'w') as f:
                f.write(_metadata())
            return info
        def build_wheel(folder, settings=None, metadata=None):
            print('building', NAME)
            @BODY@
            info = '%s-%s.dist-info' % (NAME, VERSION)
            files = {NAME + '.py': module, info + '/METADATA': _metadata(), info + '/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n'}
            record = ''
            wheel = '%s-%s-py3-none-any.whl' % (NAME, VERSION)
            with zipfile.ZipFile(os.path.join(folder, wheel), 'w') as z:
                def add(path, data):
                    z.writestr(zipfile.ZipInfo(path, (1980, 1, 2, 0, 0, 0)), data)
                for path, text in files.items():
                    data = text.encode()
                    add(path, data)
                    record += '%s,sha256=%s,%d\n' % (path, base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('='), len(data))
                add(info + '/RECORD', record + info + '/RECORD,,\n')
            return wheel
        """;

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal)
    {
        ["PKG-INFO"] = $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        ["pyproject.toml"] = "[build-system]\nrequires = []\nbuild-backend = 'own_backend'\nbackend-path = ['tools']\n",
    };

    private string _requires = "";

    public string Name => name;

    public string Version => version;

    public string FileName => $"{name}-{version}.tar.gz";

    /// <summary>Sets what the wheel will require; call it before <see cref="Builds"/>.</summary>
    public SdistMaker Requires(params string[] requirements)
    {
        _requires = string.Concat(requirements.Select(requirement => $"Requires-Dist: {requirement}\\n"));
        return this;
    }

    /// <summary>Sets what <c>build_wheel</c> does before it packs; it must set <c>module</c>.</summary>
    public SdistMaker Builds(string body)
    {
        _files["tools/own_backend.py"] = Backend.Replace("@NAME@", name, StringComparison.Ordinal).Replace("@VERSION@", version, StringComparison.Ordinal)
            .Replace("@REQUIRES@", _requires, StringComparison.Ordinal)
            .Replace("@BODY@", body.ReplaceLineEndings("\n    "), StringComparison.Ordinal);
        return this;
    }

    public SdistMaker File(string path, string content)
    {
        _files[path] = content;
        return this;
    }

    public byte[] ToBytes()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (path, content) in _files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{name}-{version}/{path}")
                {
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                });
            }
        }

        return packed.ToArray();
    }

    /// <summary>Writes the tree itself into a folder.</summary>
    public void WriteTo(string folder)
    {
        foreach (var (path, content) in _files)
        {
            var full = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            System.IO.File.WriteAllText(full, content);
        }
    }
}

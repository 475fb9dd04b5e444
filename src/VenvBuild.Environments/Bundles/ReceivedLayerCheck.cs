using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// What a layer from elsewhere may say of itself: what one that was made here from a wheel would say. The same rules hold as for
/// wheels, because whoever made the layer may not have kept to them.
/// </summary>
internal static class ReceivedLayerCheck
{
    /// <summary>Why the layer is not the one asked for, or may not be installed; null when it may.</summary>
    public static string? Objection(Layer layer, LayerReference asked, WheelLimits limits)
    {
        if (layer.FileName != asked.Wheel.Text || layer.Digest != asked.WheelSha256 || layer.Name != asked.Wheel.Name || !layer.Version.Equals(asked.Wheel.Version))
            return $"it says that it was made from {Shown(layer.FileName)} (sha256:{layer.Digest})";
        if (layer.IsInterpreter != (asked.Kind == LayerKind.Interpreter))
            return layer.IsInterpreter ? "it holds an interpreter" : "it holds no interpreter";
        if (layer.Bytecode is null != (asked.Kind != LayerKind.Bytecode))
            return asked.Kind == LayerKind.Wheel ? "it holds bytecode instead of the wheel's files" : "it holds no bytecode";
        if (layer.Root is not (InstallScheme.Purelib or InstallScheme.Platlib))
            return "its root is neither purelib nor platlib";
        if (!IsDistInfoOf(layer))
            return $"its metadata is in '{Shown(layer.DistInfo)}', which is no .dist-info folder of {layer.Name} {layer.Version}";
        if (layer.IsInterpreter && (layer.EntryPoints.Count > 0 || layer.Files.Any(file => file.Scheme != InstallScheme.Data)))
            return "it is laid out as no interpreter is";
        return (layer.Bytecode is { } bytecode ? BytecodeObjection(layer, bytecode) : EntryPointsObjection(layer)) ?? FilesObjection(layer, limits);
    }

    private static bool IsDistInfoOf(Layer layer)
    {
        var folder = layer.DistInfo;
        if (EntryName.PartObjection(folder) is not null || folder.Contains('/', StringComparison.Ordinal) || !folder.EndsWith(".dist-info", StringComparison.Ordinal))
            return false;
        var dash = folder.IndexOf('-', StringComparison.Ordinal);
        return PackageName.TryParse(folder.AsSpan(0, dash), out var name) && name == layer.Name
            && PackageVersion.TryParse(folder.AsSpan(dash + 1, folder.Length - dash - 1 - ".dist-info".Length), out var version) && version.Equals(layer.Version);
    }

    private static string? BytecodeObjection(Layer layer, BytecodeFormat format)
    {
        if (layer.EntryPoints.Count > 0)
            return "bytecode has no commands";
        if (format.Magic.Length != 8 || format.Magic.Any(c => !char.IsAsciiHexDigitLower(c)) || format.CacheTag.Length is 0 or > 64
            || format.CacheTag.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))
        {
            return "it does not say which Python takes its bytecode";
        }

        var suffix = $".{format.CacheTag}.pyc";
        foreach (var file in layer.Files)
        {
            if (file.IsExecutable || file.IsPythonScript || file.Scheme is not (InstallScheme.Purelib or InstallScheme.Platlib)
                || !file.Path.EndsWith(suffix, StringComparison.Ordinal) || !IsInCacheFolder(file.Path))
            {
                return $"'{Shown(file.Path)}' is no bytecode file";
            }
        }

        return null;

        static bool IsInCacheFolder(string path)
        {
            var slash = path.LastIndexOf('/');
            var folder = slash < 0 ? [] : path.AsSpan(0, slash);
            return folder.SequenceEqual("__pycache__") || folder.EndsWith("/__pycache__");
        }
    }

    private static string? EntryPointsObjection(Layer layer)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var point in layer.EntryPoints)
        {
            if (ScriptName.Objection(point.Name) is { } objection)
                return $"the command '{Shown(point.Name)}' may not be: {objection}";
            if (!EntryPointsFile.IsDottedName(point.Module) || !EntryPointsFile.IsDottedName(point.Attribute))
                return $"the command '{Shown(point.Name)}' does not name 'module:function'";
            if (!names.Add(point.Name))
                return $"the command '{Shown(point.Name)}' is defined twice";
        }

        return null;
    }

    private static string? FilesObjection(Layer layer, WheelLimits limits)
    {
        if (layer.Files.Count > limits.MaxEntries)
            return $"it lists {layer.Files.Count} files, and {limits.MaxEntries} are allowed";
        var names = new EntryNames(layer.Files.Count);
        var total = 0L;
        LayerFile? previous = null;
        foreach (var file in layer.Files)
        {
            if (previous is not null && !IsAfter(previous, file))
                return $"its files are not in order at '{Shown(file.Path)}'";
            previous = file;
            if (FileObjection(layer, file, limits) is { } objection)
                return $"'{Shown(file.Path)}' may not be: {objection}";
            if (names.Objection($"{Layer.FolderOf(file.Scheme)}/{file.Path}") is { } collision)
                return $"'{Shown(file.Path)}' may not be: {collision}";
            if (file.Size < 0 || (total += file.Size) > limits.MaxUnpackedBytes)
                return $"its files are larger than the {limits.MaxUnpackedBytes} bytes that are allowed";
        }

        return null;
    }

    private static string? FileObjection(Layer layer, LayerFile file, WheelLimits limits)
    {
        if (file.Path.EndsWith('/'))
            return "it is a folder";
        if (System.Text.Encoding.UTF8.GetByteCount(file.Path) > limits.MaxNameBytes)
            return "the name is too long";
        if (EntryName.Objection(file.Path, limits.MaxDepth) is { } objection)
            return objection;
        if (file.IsPythonScript && file.Scheme != InstallScheme.Scripts)
            return "only commands are scripts of the environment's Python";
        // An interpreter is unpacked by itself, so nothing of an environment is in its way.
        if (layer.IsInterpreter)
            return null;
        return file.Scheme switch
        {
            InstallScheme.Scripts => ScriptName.Objection(file.Path),
            InstallScheme.Data => LayerUnpacker.DataObjection(file.Path),
            InstallScheme.Headers => null,
            _ => IsInstallersOwn(layer, file.Path) ? "the installer writes that file" : null,
        };
    }

    /// <summary>INSTALLER is in the layer, as it is the same everywhere.</summary>
    private static bool IsInstallersOwn(Layer layer, string path) =>
        path.StartsWith(layer.DistInfo, StringComparison.OrdinalIgnoreCase) && path.Length > layer.DistInfo.Length && path[layer.DistInfo.Length] == '/'
        && LayerUnpacker.IsWrittenAnew(path.AsSpan(layer.DistInfo.Length + 1)) && !path.EndsWith("/INSTALLER", StringComparison.Ordinal);

    private static bool IsAfter(LayerFile before, LayerFile file) =>
        file.Scheme != before.Scheme ? file.Scheme > before.Scheme : string.CompareOrdinal(file.Path, before.Path) > 0;

    private static string Shown(string text)
    {
        var shown = text.Length > 200 ? string.Concat(text.AsSpan(0, 200), "...") : text;
        return string.Concat(shown.Select(c => char.IsControl(c) ? '\uFFFD' : c));
    }
}

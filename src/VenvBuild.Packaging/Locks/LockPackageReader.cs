namespace VenvBuild.Packaging;

/// <summary>Reads the pins of a lock (PEP 751, <c>[[packages]]</c>).</summary>
internal sealed class LockPackageReader(LockContext context)
{
    private const int MaxFiles = 10_000;
    private static readonly string[] Trees = ["vcs", "directory", "archive"];

    private readonly LockValueReader _values = new(context);
    private readonly FileNameCache _fileNames = new();

    public LockedPackage? Read(LockFields fields)
    {
        fields.Expect(
            "name", "version", "marker", "requires-python", "dependencies", "index", "vcs", "directory", "archive", "sdist", "wheels",
            "attestation-identities", "tool");
        var before = context.Errors.Count;
        var name = _values.Name(fields, "name");
        var version = _values.Version(fields, "version");
        CheckSources(fields);
        var sdist = fields.Get("sdist", LockValueKind.Table) is { } table ? File(new(table, fields.PathOf("sdist"), context), name, version, isWheel: false) : null;
        var wheels = Wheels(fields, name, version);
        var package = new LockedPackage
        {
            Name = name ?? default,
            Version = version,
            Marker = PackageMarker(fields),
            RequiresPython = _values.Specifiers(fields, "requires-python"),
            Dependencies = Dependencies(fields),
            Index = _values.Url(fields, "index"),
            Vcs = Vcs(fields),
            Directory = Directory(fields),
            Archive = Archive(fields),
            Sdist = sdist,
            Wheels = wheels,
            AttestationIdentities = Identities(fields),
            Tool = fields.Get("tool", LockValueKind.Table)?.ToValue(),
            // Of several headers the parser places the first alone; the name under each is its own.
            Location = fields.Table.Find("name") is { } key ? new(context.File, key.Line, key.Column) : context.At(fields.Table),
        };
        return context.Errors.Count == before ? package : null;
    }

    private void CheckSources(LockFields fields)
    {
        var trees = Trees.Count(fields.Has);
        var hasFiles = fields.Has("sdist") || fields.Table.Find("wheels") is { Value.Items.Count: > 0 };
        if (hasFiles && trees > 0)
        {
            context.Error(
                LockCodes.BadSource,
                fields.Table,
                $"The package in '{fields.Path}' has files (sdist, wheels) and a source tree (vcs, directory, archive): only one of them can be meant.");
        }
        else if (!hasFiles && trees != 1)
        {
            context.Error(
                LockCodes.BadSource,
                fields.Table,
                trees == 0
                    ? $"The package in '{fields.Path}' has no source: wheels, an sdist, or one of vcs, directory and archive."
                    : $"The package in '{fields.Path}' has more than one of vcs, directory and archive: only one can be meant.");
        }
    }

    private Marker? PackageMarker(LockFields fields)
    {
        if (fields.Text("marker") is not { } written || _values.Marker(written) is not { } marker)
            return null;
        if ((marker.Fields & MarkerFields.Extra) == 0)
            return marker;
        context.Error(LockCodes.BadMarker, written, $"'{fields.PathOf("marker")}' asks for 'extra', which means nothing in a lock; '\"name\" in extras' is how a lock asks.");
        return null;
    }

    private List<LockedReference>? Dependencies(LockFields fields)
    {
        if (fields.Items("dependencies", LockValueKind.Table) is not { } tables)
            return null;
        var references = new List<LockedReference>(tables.Count);
        for (var i = 0; i < tables.Count; i++)
        {
            var inner = new LockFields(tables[i], $"{fields.PathOf("dependencies")}[{i}]", context);
            var name = _values.Name(inner, "name");
            var version = _values.Version(inner, "version");
            var marker = PackageMarker(inner);
            var others = tables[i].Members.Where(member => member.Key is not ("name" or "version" or "marker"))
                .Select(member => KeyValuePair.Create(member.Key, member.Value.ToValue())).ToList();
            references.Add(new(name ?? default, version, marker) { Other = others.Count == 0 ? null : LockValue.Table(others) });
        }

        return references;
    }

    private LockedVcs? Vcs(LockFields package)
    {
        if (package.Get("vcs", LockValueKind.Table) is not { } table)
            return null;
        var fields = new LockFields(table, package.PathOf("vcs"), context);
        fields.Expect("type", "url", "path", "requested-revision", "commit-id", "subdirectory");
        RequireAddress(fields);
        return new(fields.Text("type", isRequired: true)?.Text ?? "", fields.Text("commit-id", isRequired: true)?.Text ?? "")
        {
            // Not every address of a repository is a URL: git takes host:path, too.
            Url = fields.Text("url")?.Text,
            Path = _values.Path(fields, "path"),
            RequestedRevision = fields.Text("requested-revision")?.Text,
            Subdirectory = Subdirectory(fields),
        };
    }

    private LockedDirectory? Directory(LockFields package)
    {
        if (package.Get("directory", LockValueKind.Table) is not { } table)
            return null;
        var fields = new LockFields(table, package.PathOf("directory"), context);
        fields.Expect("path", "editable", "subdirectory");
        if (!fields.Has("path"))
            fields.Missing("path");
        return new(_values.Path(fields, "path") ?? "")
        {
            IsEditable = fields.Get("editable", LockValueKind.Boolean)?.Text == "true",
            Subdirectory = Subdirectory(fields),
        };
    }

    private LockedArchive? Archive(LockFields package)
    {
        if (package.Get("archive", LockValueKind.Table) is not { } table)
            return null;
        var fields = new LockFields(table, package.PathOf("archive"), context);
        fields.Expect("url", "path", "size", "upload-time", "hashes", "subdirectory");
        RequireAddress(fields);
        return new()
        {
            Url = _values.Url(fields, "url"),
            Path = _values.Path(fields, "path"),
            Size = _values.Size(fields),
            UploadTime = _values.Time(fields, "upload-time"),
            Hashes = _values.Hashes(fields) ?? LockedHashes.None,
            Subdirectory = Subdirectory(fields),
        };
    }

    private List<LockedFile> Wheels(LockFields fields, PackageName? name, PackageVersion? version)
    {
        var tables = fields.Items("wheels", LockValueKind.Table) ?? [];
        if (tables.Count > MaxFiles)
        {
            context.Error(LockCodes.TooLarge, fields.Table, $"'{fields.PathOf("wheels")}' lists more than {MaxFiles} wheels, which no release has.");
            return [];
        }

        var wheels = new List<LockedFile>(tables.Count);
        for (var i = 0; i < tables.Count; i++)
        {
            if (File(new(tables[i], $"{fields.PathOf("wheels")}[{i}]", context), name, version, isWheel: true) is { } wheel)
                wheels.Add(wheel);
        }

        return wheels;
    }

    private LockedFile? File(LockFields fields, PackageName? name, PackageVersion? version, bool isWheel)
    {
        fields.Expect("name", "upload-time", "url", "path", "size", "hashes");
        RequireAddress(fields);
        var url = _values.Url(fields, "url");
        var path = _values.Path(fields, "path");
        var fileName = fields.Text("name")?.Text ?? LockedFile.NameOf(path, url);
        if (fileName is null)
            return null;
        WheelFileName? wheel = null;
        PackageName ownName;
        PackageVersion ownVersion;
        if (isWheel)
        {
            if (!WheelFileName.TryRead(fileName, _fileNames, out wheel, out _))
                return BadFileName(fields, $"'{fileName}' in '{fields.Path}' is no name of a wheel.");
            (ownName, ownVersion) = (wheel.Name, wheel.Version);
        }
        else
        {
            if (!SdistFileName.TryRead(fileName, name, _fileNames, out var sdist) && !SdistFileName.TryRead(fileName, null, _fileNames, out sdist))
                return BadFileName(fields, $"'{fileName}' in '{fields.Path}' is no name of an sdist.");
            (ownName, ownVersion) = (sdist.Name, sdist.Version);
        }

        if (name is { } expected && !ownName.Equals(expected))
            return BadFileName(fields, $"'{fileName}' is a file of '{ownName}', not of '{expected}' that it is listed for.");
        if (version is not null && !ownVersion.Equals(version))
            return BadFileName(fields, $"'{fileName}' has the version {ownVersion}, not {version} that it is listed for.");
        return new()
        {
            Name = fileName,
            Url = url,
            Path = path,
            Size = _values.Size(fields),
            UploadTime = _values.Time(fields, "upload-time"),
            Hashes = _values.Hashes(fields) ?? LockedHashes.None,
            Wheel = wheel,
            Location = context.At(fields.Table),
        };
    }

    private LockedFile? BadFileName(LockFields fields, string message)
    {
        context.Error(LockCodes.BadFileName, fields.Table, message, "Run 'dotnet pyenv lock' to write the lock again.");
        return null;
    }

    private List<LockValue> Identities(LockFields fields)
    {
        var tables = fields.Items("attestation-identities", LockValueKind.Table) ?? [];
        for (var i = 0; i < tables.Count; i++)
            new LockFields(tables[i], $"{fields.PathOf("attestation-identities")}[{i}]", context).Text("kind", isRequired: true);
        return [.. tables.Select(table => table.ToValue())];
    }

    private string? Subdirectory(LockFields fields)
    {
        var path = _values.Path(fields, "subdirectory");
        if (path is not null && LockValueReader.Escapes(path))
        {
            context.Error(LockCodes.EscapingPath, fields.Table.Find("subdirectory")!.Value, $"'{fields.PathOf("subdirectory")}' leaves the tree that it is a folder of.");
            return null;
        }

        return path;
    }

    private void RequireAddress(LockFields fields)
    {
        if (!fields.Has("url") && !fields.Has("path"))
            context.Error(LockCodes.MissingKey, fields.Table, $"Neither '{fields.PathOf("url")}' nor '{fields.PathOf("path")}' is there; one of them is required.");
    }
}

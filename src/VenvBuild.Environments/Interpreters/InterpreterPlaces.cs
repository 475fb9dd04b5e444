using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Microsoft.Win32;

namespace VenvBuild.Environments;

/// <summary>Where interpreters are looked for.</summary>
public sealed partial record InterpreterPlaces
{
    /// <summary>The folders of PATH, in order.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>Folders that hold one installation each: pyenv's, uv's, asdf's and mise's versions.</summary>
    public IReadOnlyList<string> Collections { get; init; } = [];

    /// <summary>Whether Windows' registry is asked (PEP 514): what the py launcher lists.</summary>
    public bool UsesRegistry { get; init; }

    /// <summary>The places of this user on this machine.</summary>
    public static InterpreterPlaces OfThisMachine()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var pyenv = Variable("PYENV_ROOT") ?? Join(home, ".pyenv");
        var collections = new List<string>
        {
            Join(pyenv, "versions"),
            Join(pyenv, "pyenv-win", "versions"),
            Variable("UV_PYTHON_INSTALL_DIR") ?? (OperatingSystem.IsWindows()
                ? Join(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "uv", "python")
                : Join(Variable("XDG_DATA_HOME") ?? Join(home, ".local", "share"), "uv", "python")),
            Join(Variable("ASDF_DATA_DIR") ?? Join(home, ".asdf"), "installs", "python"),
            Join(Variable("MISE_DATA_DIR") ?? Join(home, ".local", "share", "mise"), "installs", "python"),
        };
        return new()
        {
            Path = (Variable("PATH") ?? "").Split(global::System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
            Collections = collections,
            UsesRegistry = OperatingSystem.IsWindows(),
        };
    }

    /// <summary>The interpreters that were downloaded into the store of a cache folder.</summary>
    public static InterpreterPlaces OfStore(string cacheFolder) => new() { Collections = [ManagedPythonStore.RootOf(cacheFolder)] };

    /// <summary>These places and then others'.</summary>
    public InterpreterPlaces With(InterpreterPlaces others) => new()
    {
        Path = [.. Path, .. others.Path],
        Collections = [.. Collections, .. others.Collections],
        UsesRegistry = UsesRegistry || others.UsesRegistry,
    };

    /// <summary>Every file that may be an interpreter, in a stable order, each path once.</summary>
    internal IReadOnlyList<string> Candidates()
    {
        var found = new List<string>();
        foreach (var folder in Path)
            AddFolder(found, folder);
        foreach (var collection in Collections)
        {
            foreach (var version in Entries(collection, folders: true))
            {
                AddFolder(found, Join(version, "bin"));
                if (OperatingSystem.IsWindows())
                    AddFolder(found, version);
            }
        }

        if (UsesRegistry && OperatingSystem.IsWindows())
            AddRegistry(found);
        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    private static void AddFolder(List<string> found, string folder)
    {
        foreach (var path in Entries(folder, folders: false))
        {
            if (InterpreterName().IsMatch(global::System.IO.Path.GetFileName(path)))
                found.Add(path);
        }
    }

    /// <summary>What is in a folder, sorted; nothing where it is not there or may not be read.</summary>
    private static string[] Entries(string folder, bool folders)
    {
        try
        {
            var entries = folders ? Directory.GetDirectories(folder) : Directory.GetFiles(folder, "py*");
            Array.Sort(entries, StringComparer.Ordinal);
            return entries;
        }
        catch (Exception e) when (StorageFault.IsStorage(e) || e is ArgumentException)
        {
            return [];
        }
    }

    [SupportedOSPlatform("windows")]
    private static void AddRegistry(List<string> found)
    {
        foreach (var (hive, view) in (ReadOnlySpan<(RegistryHive, RegistryView)>)[(RegistryHive.CurrentUser, RegistryView.Default), (RegistryHive.LocalMachine, RegistryView.Registry64), (RegistryHive.LocalMachine, RegistryView.Registry32)])
        {
            using var root = RegistryKey.OpenBaseKey(hive, view);
            using var python = root.OpenSubKey(@"Software\Python");
            foreach (var company in python?.GetSubKeyNames() ?? [])
            {
                using var companyKey = company == "PyLauncher" ? null : python!.OpenSubKey(company);
                foreach (var tag in companyKey?.GetSubKeyNames() ?? [])
                {
                    using var install = companyKey!.OpenSubKey(tag + @"\InstallPath");
                    if (install?.GetValue("ExecutablePath") is string path)
                        found.Add(path);
                    else if (install?.GetValue(null) is string folder)
                        found.Add(Join(folder, "python.exe"));
                }
            }
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string Join(params string[] parts) => global::System.IO.Path.Combine(parts);

    [GeneratedRegex(@"^(python(3(\.[0-9]+)?t?)?|pypy3(\.[0-9]+)?)(\.exe)?$", RegexOptions.CultureInvariant)]
    private static partial Regex InterpreterName();
}

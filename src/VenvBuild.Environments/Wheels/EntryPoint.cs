namespace VenvBuild.Environments;

/// <summary>A command that a wheel offers: a name and the object that is called (PyPA entry points specification).</summary>
/// <param name="Name">The command's name, without a suffix.</param>
/// <param name="Module">The module to import, dotted.</param>
/// <param name="Attribute">The object in the module, dotted.</param>
/// <param name="IsGui">Whether it opens a window, so that Windows shows no console.</param>
public sealed record EntryPoint(string Name, string Module, string Attribute, bool IsGui);

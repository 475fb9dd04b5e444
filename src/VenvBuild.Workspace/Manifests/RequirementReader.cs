using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Reads what is asked for: requirements, constraints, names, and the range of Pythons.</summary>
internal sealed class RequirementReader(ManifestValues values, string folder)
{
    private readonly ManifestProblems _problems = values.Problems;

    public List<ManifestRequirement> Requirements(YamlNode node, string what)
    {
        var requirements = new List<ManifestRequirement>();
        foreach (var item in values.Items(node, what))
        {
            if (Requirement(item) is { } requirement)
                requirements.Add(requirement);
        }

        return requirements;
    }

    public List<ManifestRequirement> Constraints(YamlNode node)
    {
        var constraints = Requirements(node, "'constraints'");
        foreach (var constraint in constraints)
        {
            if (constraint.Requirement.Extras.Count > 0 || constraint.Requirement.Url is not null)
            {
                _problems.Add(
                    ManifestCodes.BadConstraint,
                    constraint.Location.Line,
                    constraint.Location.Column,
                    $"'{constraint.Text}': a constraint bounds versions; it takes neither extras nor an address.",
                    "Put it under 'requirements' or 'overrides', or leave that part out.");
            }
        }

        return constraints;
    }

    public ManifestRequirement? Requirement(YamlNode node)
    {
        if (node.Kind == YamlNodeKind.Mapping)
        {
            _problems.Add(
                ManifestCodes.WrongType,
                node,
                "A requirement is a mapping here; a text is expected.",
                "Put a requirement that holds ': ' in quotes.");
            return null;
        }

        if (values.Text(node, "A requirement") is not { } text)
            return null;
        try
        {
            var requirement = Packaging.Requirement.Parse(text);
            var (address, problem) = requirement.Url is { } written ? RequirementAddress.Read(written, folder) : default;
            if (problem is null)
                return new(requirement, Credentials.Strip(text.Trim()), _problems.At(node)) { Address = address };
            _problems.AddInside(
                ManifestCodes.BadAddress,
                node,
                text.IndexOf(requirement.Url!, StringComparison.Ordinal),
                $"'{text.Trim()}' has an address that cannot be used. {problem}",
                $"Write '{requirement.Name} @ https://.../NAME-VERSION-TAGS.whl', '{requirement.Name} @ ./wheels/NAME-VERSION-TAGS.whl' or, for a project's folder, '{requirement.Name} @ ./FOLDER'.");
            return null;
        }
        catch (PackagingFormatException problem)
        {
            // A marker begins after a semicolon, which neither names nor versions hold.
            var isMarker = text.AsSpan(0, Math.Clamp(problem.Position, 0, text.Length)).Contains(';');
            _problems.AddInside(
                isMarker ? ManifestCodes.BadMarker : ManifestCodes.BadRequirement,
                node,
                problem.Position,
                isMarker ? $"The marker of '{text.Trim()}' cannot be read: {problem.Message}" : $"'{text.Trim()}' is no requirement: {problem.Message}",
                isMarker ? "A marker is such as: sys_platform == \"win32\" and python_version < \"3.12\"."
                    : text.TrimStart() is ['.', '/' or '\\' or '.', ..] ? $"A path is asked for by the name of what lies there: NAME @ {text.Trim()}."
                    : "A requirement is such as: name[extra]>=1.0,<2 ; sys_platform == \"linux\".");
            return null;
        }
    }

    public List<PackageName> Names(YamlNode node, string what)
    {
        var names = new List<PackageName>();
        foreach (var (text, item) in values.Texts(node, what, "A name"))
        {
            if (!PackageName.TryParse(text, out var name))
                BadName(item, text, "package");
            else if (names.Contains(name))
                values.Twice(item, $"'{name}'");
            else
                names.Add(name);
        }

        return names;
    }

    public VersionSpecifiers? Python(YamlNode node)
    {
        if (node.Kind == YamlNodeKind.Number)
        {
            _problems.Add(
                ManifestCodes.WrongType,
                node,
                $"'python' is a number, as which 3.10 is 3.1; a text with version specifiers is expected.",
                $"Write \">={node.Value}\" in quotes, or \"=={node.Value}.*\" for that minor alone.");
            return null;
        }

        if (values.Text(node, "'python'") is not { } text)
            return null;
        try
        {
            return VersionSpecifiers.Parse(text);
        }
        catch (PackagingFormatException problem)
        {
            _problems.AddInside(
                ManifestCodes.BadSpecifier,
                node,
                problem.Position,
                $"'{text}' is no version specifier: {problem.Message}",
                PackageVersion.TryParse(text, out _) ? $"Write \">={text.Trim()}\", or \"=={text.Trim()}.*\" for that minor alone." : "Specifiers are such as: \">=3.11,<3.14\".");
            return null;
        }
    }

    public ExtraName? GroupName(YamlNode node, string text)
    {
        if (ExtraName.TryParse(text, out var name))
            return name;
        BadName(node, text, "group");
        return null;
    }

    private void BadName(YamlNode node, string text, string what) => _problems.Add(
        ManifestCodes.BadName,
        node,
        $"'{text}' is no name of a {what}.",
        "Names are letters, digits, '.', '-' and '_', beginning and ending with a letter or digit.");
}

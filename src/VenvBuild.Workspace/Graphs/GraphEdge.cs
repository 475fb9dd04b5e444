using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What somebody asks of a pin.</summary>
/// <param name="From">Who asks; null for the manifest.</param>
/// <param name="To">The pin that answers.</param>
/// <param name="Requirement">What is asked, as an override replaces it.</param>
/// <param name="Group">The group of the manifest that asks, where one does.</param>
internal sealed record GraphEdge(GraphPin? From, GraphPin To, Requirement Requirement, ExtraName? Group)
{
    /// <summary>The targets in which it is asked, by their place.</summary>
    public HashSet<int> Targets { get; } = [];

    /// <summary>When it counts, where that is not always: a marker without extras.</summary>
    public string? Where { get; set; }

    /// <summary>The name with its extras and bounds.</summary>
    public string Text
    {
        get
        {
            var extras = Requirement.Extras.Count == 0 ? "" : $"[{string.Join(',', Requirement.Extras)}]";
            return $"{Requirement.Name}{extras}{(Requirement.Url is null ? Requirement.Specifiers : "")}";
        }
    }
}

namespace VenvBuild.Workspace;

/// <summary>The codes of what can be wrong with a manifest (11xx).</summary>
internal static class ManifestCodes
{
    /// <summary>The manifest is not there or cannot be read.</summary>
    public const string Unreadable = "PYENV1101";

    /// <summary>The manifest is larger, or holds more, than any real one.</summary>
    public const string TooLarge = "PYENV1102";

    /// <summary>The file's name is none that a manifest has.</summary>
    public const string BadFileName = "PYENV1103";

    /// <summary>The manifest says nothing.</summary>
    public const string Empty = "PYENV1104";

    /// <summary>The manifest is no UTF-8 text, or has characters that YAML does not allow.</summary>
    public const string BadText = "PYENV1105";

    /// <summary>The manifest is no YAML.</summary>
    public const string BadYaml = "PYENV1106";

    /// <summary>A line is indented by a tab.</summary>
    public const string TabIndentation = "PYENV1107";

    /// <summary>A merge left its conflict markers in the manifest.</summary>
    public const string MergeConflict = "PYENV1108";

    /// <summary>YAML's anchors, aliases, merges or tags are used.</summary>
    public const string RefusedYaml = "PYENV1109";

    /// <summary>There is more than one YAML document in the file.</summary>
    public const string SeveralDocuments = "PYENV1110";

    /// <summary>Values are nested deeper than any manifest needs.</summary>
    public const string TooDeep = "PYENV1111";

    /// <summary>A key is not one of the manifest's.</summary>
    public const string UnknownKey = "PYENV1112";

    /// <summary>A key stands twice.</summary>
    public const string DuplicateKey = "PYENV1113";

    /// <summary>A value has another type than its key takes.</summary>
    public const string WrongType = "PYENV1114";

    /// <summary>A key that must be there is not.</summary>
    public const string MissingKey = "PYENV1115";

    /// <summary>A text is empty.</summary>
    public const string EmptyText = "PYENV1116";

    /// <summary>A value is none of the words that its key takes.</summary>
    public const string UnknownWord = "PYENV1117";

    /// <summary>A value stands twice in a list where once is enough.</summary>
    public const string DuplicateValue = "PYENV1118";

    /// <summary>A requirement cannot be read (PEP 508).</summary>
    public const string BadRequirement = "PYENV1120";

    /// <summary>The marker of a requirement cannot be read (PEP 508).</summary>
    public const string BadMarker = "PYENV1121";

    /// <summary>A version specifier cannot be read (PEP 440).</summary>
    public const string BadSpecifier = "PYENV1122";

    /// <summary>A name is no name of a package, group or project.</summary>
    public const string BadName = "PYENV1123";

    /// <summary>No Python that there is lies in the range.</summary>
    public const string NoPython = "PYENV1124";

    /// <summary>A constraint asks for what a constraint cannot: extras or an address.</summary>
    public const string BadConstraint = "PYENV1125";

    /// <summary>A group includes one that there is not.</summary>
    public const string UnknownGroup = "PYENV1126";

    /// <summary>Groups include each other in a circle.</summary>
    public const string GroupCycle = "PYENV1127";

    /// <summary>Two groups have names that are one name when normalised.</summary>
    public const string AmbiguousGroup = "PYENV1128";

    /// <summary>A platform is none that this tool knows.</summary>
    public const string UnknownPlatform = "PYENV1130";

    /// <summary>The finer words of a platform do not go with it, or are no versions that it has.</summary>
    public const string BadPlatform = "PYENV1131";

    /// <summary>An index is named by a word that is not well known.</summary>
    public const string UnknownIndex = "PYENV1132";

    /// <summary>An address is no URL that can be used here.</summary>
    public const string BadUrl = "PYENV1133";

    /// <summary>A pattern of package names is none.</summary>
    public const string BadPattern = "PYENV1134";

    /// <summary>A path leaves the manifest's folder or is none.</summary>
    public const string BadPath = "PYENV1135";

    /// <summary>A date or span is none.</summary>
    public const string BadDate = "PYENV1136";

    /// <summary>The range of tool versions cannot be read.</summary>
    public const string BadToolRange = "PYENV1137";

    /// <summary>The manifest asks for another version of this tool.</summary>
    public const string OtherTool = "PYENV1138";

    /// <summary>A repository is not written <c>owner/repo</c>.</summary>
    public const string BadRepository = "PYENV1139";

    /// <summary>The address of a requirement is none that can be used.</summary>
    public const string BadAddress = "PYENV1140";

    /// <summary>More signatures are asked for than there are keys, or none.</summary>
    public const string BadThreshold = "PYENV1145";

    /// <summary>A key is understood, and this version of the tool does not act on it yet.</summary>
    public const string NotYetServed = "PYENV1190";
}

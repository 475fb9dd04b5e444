namespace VenvBuild.Workspace;

/// <summary>Reads whose environments are taken: keys, how many of them, by whom made, and how old.</summary>
internal sealed class TrustReader(ManifestValues values, SettingsReader settings)
{
    private static readonly string[] Keys = ["keys", "threshold", "builders", "maximum-age", "rollback"];

    public ManifestTrust? Read(YamlNode node)
    {
        if (values.Table(node, "'trust'", Keys) is not { } table || table.Require("keys", "'trust'") is not { } list)
            return null;
        var keys = KeyFiles(list);
        return new()
        {
            Keys = keys,
            Threshold = table.TryGet("threshold", out var threshold) ? Threshold(threshold, keys.Count) : 1,
            Builders = table.TryGet("builders", out var builders) ? [.. values.Texts(builders, "'builders'", "A builder").Select(builder => builder.Text)] : [],
            MaximumAge = table.TryGet("maximum-age", out var age) ? Age(age) : null,
            RefusesRollback = table.TryGet("rollback", out var rollback) && values.Word(rollback, "'rollback'", "warn", "refuse") == 1,
        };
    }

    private List<string> KeyFiles(YamlNode list)
    {
        var keys = new List<string>();
        foreach (var item in values.Items(list, "'keys'"))
        {
            if (settings.RelativePath(item, "A key's file") is not { } path)
                continue;
            // A signer that stands twice would count twice.
            if (keys.Contains(path))
                values.Twice(item, $"'{path}'");
            else
                keys.Add(path);
        }

        return keys;
    }

    private int Threshold(YamlNode node, int signers)
    {
        if (values.Count(node, "'threshold'") is not { } threshold)
            return 1;
        if (threshold >= 1 && threshold <= signers)
            return threshold;
        values.Problems.Add(
            ManifestCodes.BadThreshold,
            node,
            FormattableString.Invariant($"'threshold' is {threshold}; it is at least 1 and at most the number of keys, {signers}."),
            "Name more keys, or ask for fewer signatures.");
        return 1;
    }

    private TimeSpan? Age(YamlNode node)
    {
        if (values.Text(node, "'maximum-age'") is not { } text)
            return null;
        if (ManifestSpan.TryRead(text, out var span, out _))
            return span;
        values.Problems.Add(ManifestCodes.BadDate, node, $"'{text}' is no span.", "Write a number of hours, days or weeks, such as \"30 days\".");
        return null;
    }
}

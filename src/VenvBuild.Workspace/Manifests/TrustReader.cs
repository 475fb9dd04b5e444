namespace VenvBuild.Workspace;

/// <summary>Reads whose environments are taken: keys, how many of them, by whom made, and how old.</summary>
internal sealed class TrustReader(ManifestValues values, SettingsReader settings, IndexReader indexes)
{
    private static readonly string[] Keys = ["keys", "threshold", "builders", "builds", "maximum-age", "rollback", "publishers", "attestations"];
    private static readonly string[] PublisherKeys = ["packages", "github", "gitlab", "workflow"];
    private static readonly string[] AttestationKeys = ["roots", "logs"];
    private const int MaxGroups = 20;

    public ManifestTrust? Read(YamlNode node)
    {
        if (values.Table(node, "'trust'", Keys) is not { } table)
            return null;
        var hasPublishers = table.TryGet("publishers", out var demanded);
        var publishers = hasPublishers ? Publishers(demanded!) : [];
        var hasBuilds = table.TryGet("builds", out var builds);
        // Who names publishers, or says whose builds are taken, need not ask for signatures.
        var list = table.TryGet("keys", out var given) || hasPublishers || hasBuilds ? given : table.Require("keys", "'trust'");
        if (list is null && !hasPublishers && !hasBuilds)
            return null;
        var keys = list is null ? [] : KeyFiles(list);
        var (roots, logs) = table.TryGet("attestations", out var attestations) ? Attestations(attestations) : default;
        if (hasPublishers && attestations is null)
            table.Require("attestations", "'trust' with 'publishers'");
        return new()
        {
            Keys = keys,
            Threshold = table.TryGet("threshold", out var threshold) ? Threshold(threshold, keys.Count) : 1,
            Builders = table.TryGet("builders", out var builders) ? [.. values.Texts(builders, "'builders'", "A builder").Select(builder => builder.Text)] : [],
            Builds = hasBuilds ? (TrustedBuilds)(values.Word(builds!, "'builds'", "signed", "server", "here") ?? 0) : TrustedBuilds.Signed,
            MaximumAge = table.TryGet("maximum-age", out var age) ? Age(age) : null,
            RefusesRollback = table.TryGet("rollback", out var rollback) && values.Word(rollback, "'rollback'", "warn", "refuse") == 1,
            Publishers = publishers,
            AttestationRoots = roots,
            AttestationLogs = logs,
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

    private List<ManifestPublisher> Publishers(YamlNode node)
    {
        var publishers = new List<ManifestPublisher>();
        foreach (var item in values.Items(node, "'publishers'"))
        {
            if (values.Table(item, "a publisher", PublisherKeys) is not { } table)
                continue;
            var packages = table.Require("packages", "A publisher") is { } patterns ? indexes.Patterns(patterns) : [];
            var workflow = table.Require("workflow", "A publisher") is { } file ? values.Text(file, "'workflow'") : null;
            var isGitLab = table.TryGet("gitlab", out var gitLab);
            if (isGitLab && table.TryGet("github", out var gitHub))
                values.Problems.Add(ManifestCodes.WrongType, gitHub, "A publisher is on GitHub or on GitLab, and this one is said to be on both.", "Make two of it.");
            var repository = Repository(isGitLab ? gitLab : table.Require("github", "A publisher"), isGitLab ? MaxGroups : 2);
            if (packages.Count > 0 && workflow is not null && repository is not null)
                publishers.Add(new(packages, new(isGitLab ? Remote.Publisher.GitLab : Remote.Publisher.GitHub, repository, workflow)));
        }

        return publishers;
    }

    private string? Repository(YamlNode? node, int maxParts)
    {
        if (node is null || values.Text(node, "The repository of a publisher") is not { } text)
            return null;
        if (SettingsReader.IsRepository(text, maxParts))
            return text;
        values.Problems.Add(ManifestCodes.BadRepository, node, $"'{text}' is no repository.", "Write it as owner/repo.");
        return null;
    }

    private (string? Roots, string? Logs) Attestations(YamlNode node)
    {
        if (values.Table(node, "'attestations'", AttestationKeys) is not { } table)
            return default;
        return (
            table.Require("roots", "'attestations'") is { } roots ? settings.RelativePath(roots, "The file of roots") : null,
            table.TryGet("logs", out var logs) ? settings.RelativePath(logs, "The file of the logs' keys") : null);
    }
}

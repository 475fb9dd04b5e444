using System.Globalization;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Server;

/// <summary>Reads the settings and refuses what it does not understand: a server that ignores a misspelt bound is an open server.</summary>
internal sealed class SettingsReader
{
    private static readonly string[] Known =
    [
        "Data", "Postgres", "Role", "Resolver", "Indexes:Allowed", "Indexes:PrivateHosts", "Indexes:Freshness", "Indexes:FreshnessOf", "Indexes:CredentialsOf", "Access:Anonymous", "Access:TrustedProxies", "Access:FormSecret", "Limits:BodyBytes",
        "Limits:RequestsPerMinute", "Limits:ConcurrentSolves", "Limits:WaitingSolves", "Limits:SolveTime", "Limits:Projects",
        "Limits:LayerMegabytes", "Builds:Concurrent", "Builds:Attempts", "Builds:Time", "Builds:Pause", "Builds:Rest", "Builds:PoisonRest",
        "Builds:Platforms", "Builds:Pythons", "Builds:Drain", "Signing:Key", "Signing:Builder",
        "Store:S3:Bucket", "Store:S3:Prefix", "Store:S3:Endpoint", "Store:S3:PublicEndpoint", "Store:S3:Region", "Store:S3:PathStyle", "Store:S3:AccessKey",
        "Store:S3:SecretKey", "Store:S3:Redirect", "Store:S3:LinkLife",
        "Quotas:SolvesADay", "Quotas:BuildsADay", "Quotas:StoredMegabytes", "Care:LayerMegabytes", "Care:CacheMegabytes", "Care:Interval", "Care:Lease",
        "Telemetry:Collector", "Telemetry:Protocol", "Telemetry:Logs",
        "Builds:Checks", "Builds:CheckTime", "Builds:Sdists", "Builds:SdistTime", "Builds:SdistMegabytes", "Updates:Subscriptions", "Updates:LeastHours",
    ];

    private readonly IConfigurationSection _section;
    private readonly List<Diagnostic> _problems = [];

    private SettingsReader(IConfigurationSection section) => _section = section;

    /// <exception cref="DiagnosticException">A key is unknown, or a value makes no sense; all mistakes are listed.</exception>
    public static ServerSettings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration.GetSection(ServerSettings.Section));
        var settings = reader.Read();
        return reader._problems.Count == 0 ? settings : throw new DiagnosticException(ExitCode.Usage, reader._problems);
    }

    /// <summary>The settings of a command beside the server, and all of its configuration.</summary>
    /// <exception cref="DiagnosticException">As of <see cref="Read(IConfiguration)"/>.</exception>
    public static (ServerSettings Settings, IConfiguration Configuration) OfCommand(string[] options)
    {
        var configuration = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().AddCommandLine(options).Build();
        return (Read(configuration), configuration);
    }

    private ServerSettings Read()
    {
        CheckKeys();
        var usual = new ServerSettings();
        return new()
        {
            Data = Path.GetFullPath(Text("Data") ?? usual.Data),
            Postgres = Text("Postgres"),
            Role = Role(),
            Resolver = Resolver(),
            AllowedIndexes = List("Indexes:Allowed", IsRoot, "is '*' or the http or https URL of an index") ?? usual.AllowedIndexes,
            PrivateHosts = List("Indexes:PrivateHosts", IsHost, "is a host, or host:port") ?? usual.PrivateHosts,
            Freshness = Span("Indexes:Freshness", usual.Freshness, TimeSpan.Zero),
            FreshnessOf = FreshnessOf(),
            CredentialsOf = CredentialsOf(),
            Anonymous = Word("Access:Anonymous", ("none", AnonymousAccess.None), ("read", AnonymousAccess.Read), ("resolve", AnonymousAccess.Resolve), ("build", AnonymousAccess.Build)),
            FormSecret = Secret("Access:FormSecret"),
            TrustedProxies = [.. (List("Access:TrustedProxies", text => TrustedProxies.Read(text) is not null, "is the address of a proxy, or a network such as 10.1.0.0/16") ?? []).Select(text => TrustedProxies.Read(text)!.Value)],
            BodyBytes = Count("Limits:BodyBytes", usual.BodyBytes, 1024),
            RequestsPerMinute = Count("Limits:RequestsPerMinute", usual.RequestsPerMinute, 1),
            ConcurrentSolves = Count("Limits:ConcurrentSolves", usual.ConcurrentSolves, 1),
            WaitingSolves = Count("Limits:WaitingSolves", usual.WaitingSolves, 0),
            SolveTime = Span("Limits:SolveTime", usual.SolveTime, TimeSpan.FromMilliseconds(1)),
            Projects = Count("Limits:Projects", usual.Projects, 1),
            LayerBytes = (long)Count("Limits:LayerMegabytes", (int)(usual.LayerBytes >> 20), 1) << 20,
            ConcurrentBuilds = Count("Builds:Concurrent", usual.ConcurrentBuilds, 1),
            BuildAttempts = Count("Builds:Attempts", usual.BuildAttempts, 1),
            BuildTime = Span("Builds:Time", usual.BuildTime, TimeSpan.FromMilliseconds(1)),
            BuildPause = Span("Builds:Pause", usual.BuildPause, TimeSpan.FromMilliseconds(1)),
            BuildRest = Span("Builds:Rest", usual.BuildRest, TimeSpan.Zero),
            PoisonRest = Span("Builds:PoisonRest", usual.PoisonRest, TimeSpan.Zero),
            SolvesADay = Count("Quotas:SolvesADay"),
            BuildsADay = Count("Quotas:BuildsADay"),
            StoredBytes = Megabytes("Quotas:StoredMegabytes"),
            LayersBudget = Megabytes("Care:LayerMegabytes"),
            CacheBytes = Megabytes("Care:CacheMegabytes"),
            CareInterval = Span("Care:Interval", usual.CareInterval, TimeSpan.FromSeconds(1)),
            Lease = Span("Care:Lease", usual.Lease, TimeSpan.Zero),
            Collector = Address("Telemetry:Collector"),
            CollectorSpeaksHttp = Word("Telemetry:Protocol", ("grpc", false), ("http", true)) ?? usual.CollectorSpeaksHttp,
            LogsAsJson = Word("Telemetry:Logs", ("text", false), ("json", true)) ?? usual.LogsAsJson,
            Bucket = Bucket(),
            BuildPlatforms = List("Builds:Platforms", text => Platform.RuntimeIdentifiers.Contains(text), $"is one of: {string.Join(", ", Platform.RuntimeIdentifiers)}"),
            BuildPythons = List("Builds:Pythons", text => CPythonMinors.Supported.Any(minor => minor.ToString() == text.TrimEnd('t')), "is a minor of CPython, such as 3.12 or 3.13t"),
            DrainTime = Span("Builds:Drain", usual.DrainTime, TimeSpan.Zero),
            SigningKey = Text("Signing:Key") is { } key ? Path.GetFullPath(key) : null,
            BuilderName = Text("Signing:Builder"),
            RunsChecks = Word("Builds:Checks", ("off", false), ("sandbox", true)) ?? usual.RunsChecks,
            CheckTime = Span("Builds:CheckTime", usual.CheckTime, TimeSpan.FromMilliseconds(1)),
            BuildsSdists = Word("Builds:Sdists", ("off", false), ("sandbox", true)) ?? usual.BuildsSdists,
            SdistTime = Span("Builds:SdistTime", usual.SdistTime, TimeSpan.FromMilliseconds(1)),
            SdistBytes = (long)Count("Builds:SdistMegabytes", (int)(usual.SdistBytes >> 20), 64) << 20,
            Subscriptions = Count("Updates:Subscriptions", usual.Subscriptions, 0),
            SubscriptionHours = Count("Updates:LeastHours", usual.SubscriptionHours, 1),
        };
    }

    private BucketSettings? Bucket()
    {
        const string Section = BucketSettings.Section;
        if (Text($"{Section}:Bucket") is not { } bucket)
        {
            if (_section.GetSection(Section).GetChildren().Any())
                Bad($"{Section}:Bucket", "is the name of the bucket that the other settings there are about");
            return null;
        }

        var usual = new BucketSettings { Bucket = bucket };
        var settings = usual with
        {
            Prefix = Text($"{Section}:Prefix")?.Trim('/') is { Length: > 0 } prefix ? $"{prefix}/" : "",
            Endpoint = Address($"{Section}:Endpoint"),
            PublicEndpoint = Address($"{Section}:PublicEndpoint"),
            Region = Text($"{Section}:Region"),
            IsPathStyle = Flag($"{Section}:PathStyle", usual.IsPathStyle),
            AccessKey = Text($"{Section}:AccessKey"),
            SecretKey = Text($"{Section}:SecretKey"),
            Redirects = Flag($"{Section}:Redirect", usual.Redirects),
            LinkLife = Span($"{Section}:LinkLife", usual.LinkLife, TimeSpan.FromSeconds(1)),
        };
        if (settings.AccessKey is null != settings.SecretKey is null)
            Bad($"{Section}:{(settings.AccessKey is null ? "AccessKey" : "SecretKey")}", "is the other half of a pair; both, or neither for the SDK's own credentials");
        // Signatures of addresses are good for a week at most.
        if (settings.LinkLife > TimeSpan.FromDays(7))
            Bad($"{Section}:LinkLife", "is at most seven days");
        return settings;
    }

    private Uri? Address(string key)
    {
        if (Text(key) is not { } text)
            return null;
        if (text != "*" && IsRoot(text))
            return new(text);
        Bad(key, "is an http or https URL without credentials");
        return null;
    }

    private string? Secret(string key)
    {
        const int Least = 32;
        if (Text(key) is not { Length: < Least })
            return Text(key);
        Bad(key, string.Create(CultureInfo.InvariantCulture, $"is a secret of {Least} characters or more, such as 'openssl rand -base64 32' makes"));
        return null;
    }

    private bool Flag(string key, bool usual) => Word(key, ("true", true), ("false", false)) ?? usual;

    private ServerRole Role()
    {
        var role = Word("Role", ("all", ServerRole.All), ("web", ServerRole.Web), ("worker", ServerRole.Worker)) ?? ServerRole.All;
        if (role != ServerRole.All && Text("Postgres") is null)
        {
            _problems.Add(Diagnostic.Error(
                ServerCodes.BadSetting, $"The setting {ServerSettings.Section}:Role cannot be used: a server on SQLite stands alone and does all of the work.",
                remedy: $"Name a database that several processes share with {ServerSettings.Section}:Postgres, or leave the role out."));
        }

        return role;
    }

    private ResolverChoice Resolver()
    {
        var choice = Word("Resolver", ("builtin", ResolverChoice.Builtin), ("uv", ResolverChoice.Uv), ("pip", ResolverChoice.Pip)) ?? ResolverChoice.Builtin;
        // A peer makes connections of its own, and asks nobody which addresses are inside.
        if (choice != ResolverChoice.Builtin && _section.GetSection("Indexes:Allowed").GetChildren().Any(item => item.Value == "*"))
        {
            _problems.Add(Diagnostic.Error(
                ServerCodes.BadSetting, $"The setting {ServerSettings.Section}:Resolver cannot be used with '*' under Indexes:Allowed: uv and pip would connect to addresses inside, if a client asked for them.",
                remedy: "List the indexes that may be asked, or leave the resolver out."));
        }

        return choice;
    }

    private void CheckKeys()
    {
        foreach (var (key, value) in _section.AsEnumerable(makePathsRelative: true))
        {
            if (value is null || key.Length == 0 || Array.Exists(Known, known => IsAt(key, known)))
                continue;
            _problems.Add(Diagnostic.Error(
                ServerCodes.UnknownSetting,
                $"There is no setting {ServerSettings.Section}:{key}.",
                remedy: (Nearest(key) is { } near ? $"Did you mean {ServerSettings.Section}:{near}?"
                    : $"There are: {string.Join(", ", Known.Select(known => $"{ServerSettings.Section}:{known}"))}.") + " In the environment, ':' is written '__'."));
        }
    }

    /// <summary>The setting that was probably meant, with the key's own number at its end; null when none is near.</summary>
    private static string? Nearest(string key)
    {
        const int Furthest = 3;
        var number = key.Length - key.AsSpan().TrimEnd("0123456789").Length;
        var (name, end) = number > 0 && key.Length > number + 1 && key[^(number + 1)] == ':' ? (key[..^(number + 1)], key[^(number + 1)..]) : (key, "");
        return Known.Select(known => (Known: known, Distance: EditDistance.Between(name.ToUpperInvariant(), known.ToUpperInvariant())))
            .Where(pair => pair.Distance <= Furthest).OrderBy(pair => pair.Distance).Select(pair => pair.Known + end).FirstOrDefault();
    }

    private static bool IsAt(string key, string known) => key.StartsWith(known, StringComparison.OrdinalIgnoreCase)
        && (key.Length == known.Length || (key[known.Length] == ':' && known is "Access:TrustedProxies" or "Builds:Platforms" or "Builds:Pythons" or "Indexes:Allowed" or "Indexes:PrivateHosts" or "Indexes:FreshnessOf" or "Indexes:CredentialsOf"));

    private string? Text(string key) => string.IsNullOrWhiteSpace(_section[key]) ? null : _section[key];

    private T? Word<T>(string key, params (string Word, T Value)[] words)
        where T : struct
    {
        if (Text(key) is not { } text)
            return null;
        foreach (var (word, value) in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        Bad(key, $"is one of: {string.Join(", ", words.Select(word => word.Word))}");
        return null;
    }

    private int? Count(string key) => Text(key) is null ? null : Count(key, 0, 0);

    private long? Megabytes(string key) => Count(key) is { } megabytes ? (long)megabytes << 20 : null;

    private int Count(string key, int usual, int least)
    {
        if (Text(key) is not { } text)
            return usual;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least)
            return count;
        Bad(key, string.Create(CultureInfo.InvariantCulture, $"is a whole number, at least {least}"));
        return usual;
    }

    private TimeSpan Span(string key, TimeSpan usual, TimeSpan least)
    {
        if (Text(key) is not { } text)
            return usual;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span >= least && span <= TimeSpan.FromDays(365))
            return span;
        Bad(key, "is a span such as 00:10:00 (hours, minutes, seconds)");
        return usual;
    }

    private List<string>? List(string key, Func<string, bool> isRight, string what)
    {
        var items = _section.GetSection(key).GetChildren().ToList();
        if (items.Count == 0 && Text(key) is null)
            return null;
        var values = new List<string>();
        foreach (var item in items)
        {
            if (item.Value is { } text && isRight(text))
                values.Add(text);
            else
                Bad($"{key}:{item.Key}", what);
        }

        if (items.Count == 0)
            Bad(key, $"is a list: {key}:0, {key}:1 and so on, of which each {what}");
        return values;
    }

    private Dictionary<string, TimeSpan> FreshnessOf()
    {
        var spans = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var item in _section.GetSection("Indexes:FreshnessOf").GetChildren())
        {
            var key = $"Indexes:FreshnessOf:{item.Key}";
            if (item["Url"] is { } url && IsRoot(url) && url != "*" && item["Freshness"] is not null)
                spans[url.TrimEnd('/')] = Span($"{key}:Freshness", default, TimeSpan.Zero);
            else
                Bad(key, "has a Url, the root of an index, and a Freshness, a span");
        }

        return spans;
    }

    private List<IndexLogin> CredentialsOf()
    {
        var logins = new List<IndexLogin>();
        foreach (var item in _section.GetSection("Indexes:CredentialsOf").GetChildren())
        {
            if (item["Url"] is { } url && IsRoot(url) && url != "*" && !string.IsNullOrEmpty(item["User"]) && item["Password"] is { } password)
                logins.Add(new(new(url), item["User"]!, password));
            else
                Bad($"Indexes:CredentialsOf:{item.Key}", "has a Url, the root of an index, a User and a Password");
        }

        return logins;
    }

    private static bool IsRoot(string text) => text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0);

    private static bool IsHost(string text) =>
        Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var url) && url.AbsolutePath == "/" && url.UserInfo.Length == 0;

    // The value stays unsaid: it may be a secret that was put under the wrong key.
    private void Bad(string key, string what) => _problems.Add(Diagnostic.Error(
        ServerCodes.BadSetting, $"The setting {ServerSettings.Section}:{key} cannot be used: what belongs there {what}.", remedy: "Correct it, or leave it out for the default."));
}

using System.Globalization;

namespace AuditTracker;

/// <summary>
/// The operator's settings, from the environment (<c>AuditTracker__Mail__SendFrom</c>, <c>ConnectionStrings__Main</c>) or the command
/// line (<c>--data</c>). A setting exists only if its default is right for nine installations out of ten. What belongs to the company
/// (calendar, sender, stamps) is data with a page of its own.
/// </summary>
public sealed class Settings
{
    private readonly IReadOnlyDictionary<string, string?> values;

    /// <summary>One setting: its key, its default, what it does, how a value is checked.</summary>
    private sealed record Setting(string Key, string Default, string Effect, Func<string, bool> Check, bool Secret = false);

    private static readonly Setting[] All =
    [
        new("AuditTracker:Data", "./data", "folder of everything that is kept: files, keys, mails, the private database", NotEmpty),
        new("AuditTracker:Port", "5080", "port of the web service", value => int.TryParse(value, out var port) && port is >= 0 and < 65536),
        new("AuditTracker:Listen", "127.0.0.1", "address to listen on; beyond loopback a proxy must be named or a certificate given", NotEmpty),
        new("AuditTracker:PublicAddress", "", "the address people use, for links in mails; empty: http://localhost:port", value => value.Length == 0 || Uri.TryCreate(value, UriKind.Absolute, out _)),
        new("AuditTracker:Proxies", "", "addresses of reverse proxies whose X-Forwarded-* headers are believed, separated by commas", _ => true),
        new("AuditTracker:Mail:Transport", "folder", "folder, smtp or graph: how mails leave", value => value is "folder" or "smtp" or "graph"),
        new("AuditTracker:Mail:Folder", "", "pickup folder for mails (.eml); empty: <data>/mail", _ => true),
        new("AuditTracker:Mail:Smtp:Host", "", "mail server, with smtp", value => Uri.CheckHostName(value) != UriHostNameType.Unknown),
        new("AuditTracker:Mail:Smtp:Port", "587", "its port", value => int.TryParse(value, out var port) && port is > 0 and < 65536),
        new("AuditTracker:Mail:Smtp:Security", "starttls", "starttls, tls (from the first byte, mostly port 465) or none: in the open, where a password is said only to this very machine", value => value is "starttls" or "tls" or "none"),
        new("AuditTracker:Mail:Smtp:Authority", "", "file (PEM) with the certificate of a private authority; it alone is trusted then; empty: those the system trusts", value => value.Length == 0 || File.Exists(value)),
        new("AuditTracker:Mail:Smtp:User", "", "user to sign in as; empty: no sign-in", _ => true),
        new("AuditTracker:Mail:Smtp:Password", "", "password of that user; not needed with OAuth", _ => true, Secret: true),
        new("AuditTracker:Mail:OAuth:Token", "", "token address of the identity provider (client credentials), for graph, and for smtp instead of a password (XOAUTH2): https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token", IsHttp),
        new("AuditTracker:Mail:OAuth:Client", "", "client id there", _ => true),
        new("AuditTracker:Mail:OAuth:Secret", "", "client secret there", _ => true, Secret: true),
        new("AuditTracker:Mail:OAuth:Scope", "", "what the token is for; empty: https://graph.microsoft.com/.default with graph, https://outlook.office365.com/.default with smtp", _ => true),
        new("AuditTracker:Mail:Graph:Address", "https://graph.microsoft.com", "address of Microsoft Graph; other clouds have others", value => value.Length > 0 && IsHttp(value)),
        new("AuditTracker:Mail:Connections", "2", "most connections to the mail server at a time, for each worker", value => int.TryParse(value, out var count) && count is > 0 and <= 50),
        new("AuditTracker:Mail:PerMinute", "", "most mails a minute, all workers together, evenly spread; empty: no limit. Microsoft 365 takes 30 of a mailbox", value => IsPositive(value) && value.Length < 6),
        new("AuditTracker:Mail:Bounces", "", "folder where the mail system leaves reports of mails that did not arrive (a Maildir, or .eml files); empty: none are read", _ => true),
        new("AuditTracker:Webhooks:Private", "", "addresses or networks (10.1.0.0/16, 192.168.3.7), separated by commas, that webhooks may reach although they are not public, also without encryption; empty: none", value => Platform.Security.PublicAddresses.Networks(value) is not null),
        new("AuditTracker:Webhooks:Chatwork", "https://api.chatwork.com/v2", "address of Chatwork's API", value => value.Length > 0 && IsHttp(value)),
        new("AuditTracker:Mail:SendFrom", "09:00", "start of the send window on business days, Japan time", IsTime),
        new("AuditTracker:Mail:SendUntil", "10:00", "end of the send window", IsTime),
        new("AuditTracker:Mail:BodyDays", "90", "what a mail said is erased so many days after it was handed over", IsPositive),
        new("AuditTracker:Session:IdleMinutes", "30", "a session ends after so many minutes without a request", IsPositive),
        new("AuditTracker:Session:Hours", "12", "a session ends after so many hours in any case", IsPositive),
        new("AuditTracker:Upload:MaxBytes", "2147483648", "largest file taken, bytes", IsPositive),
        new("AuditTracker:Upload:DraftDays", "30", "files sent and text typed, but not handed in, are forgotten after so many days", IsPositive),
        new("AuditTracker:Upload:Programs", "refuse", "refuse or take: programs, by their content and by their extension, also inside archives", IsTaken),
        new("AuditTracker:Upload:Macros", "refuse", "refuse or take: Office files that carry macros", IsTaken),
        new("AuditTracker:Sample:MaxRows", "1000000", "most rows a population may have that a sample is drawn from; about 200 bytes of memory a row while it is taken or drawn from", value => IsPositive(value) && value.Length < 9),
        new("AuditTracker:Scan:Clamd", "", "address of ClamAV's daemon, tcp://host:3310 or unix:/run/clamav/clamd.ctl, which scans every file that is handed in; empty: files are not scanned", value => value.Length == 0 || Platform.Files.Clamd.IsAddress(value)),
        new("AuditTracker:Scan:MaxBytes", "26214400", "largest file sent to clamd, bytes; at most its StreamMaxLength, MaxFileSize and MaxScanSize, for beyond these it calls a file clean that it has not read", IsPositive),
        new("AuditTracker:Scan:AgainDays", "30", "files are scanned again, with newer signatures, after so many days", value => IsPositive(value) && value.Length < 6),
        new("AuditTracker:Scan:PatienceSeconds", "120", "how long clamd may take to answer; then the file is not scanned and tried again later", value => IsPositive(value) && value.Length < 6),
        new("AuditTracker:Scrub:BytesPerSecond", "10485760", "stored files are read again, by turns, to find what is missing or changed: so many bytes a second at the most", IsPositive),
        new("AuditTracker:Scrub:Days", "30", "each stored file is read again after so many days", value => IsPositive(value) && value.Length < 6),
        new("AuditTracker:Disk:LowBytes", "2147483648", "administrators and compliance managers are warned when the data folder's disk has fewer bytes free", IsPositive),
        new("AuditTracker:Log:Format", "text", "text, or json: one JSON object a line", value => value is "text" or "json"),
        new("AuditTracker:Telemetry:Endpoint", "", "base address of an OpenTelemetry collector (OTLP/HTTP), such as http://collector:4318; empty: nothing is collected", value => value.Length == 0 || Uri.TryCreate(value, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https")),
        new("AuditTracker:TimeStamp:Authority", "", "address of an RFC 3161 time-stamp authority that stamps the trail's head every hour; empty: none", value => value.Length == 0 || Uri.TryCreate(value, UriKind.Absolute, out var given) && given.Scheme is "http" or "https"),
        new("ConnectionStrings:Main", "", "PostgreSQL as the app role; empty: a private server in the data folder", _ => true, Secret: true),
        new("ConnectionStrings:Owner", "", "PostgreSQL as the owner role, for migrate", _ => true, Secret: true),
        // A certificate and its password are Kestrel's own settings (Kestrel:Certificates:Default:Path, :Password).
        new("Kestrel:Certificates:Default:Path", "", "certificate for HTTPS when listening beyond loopback without a proxy", _ => true),
    ];

    private Settings(IReadOnlyDictionary<string, string?> values) => this.values = values;

    public string Data => Path.GetFullPath(this["AuditTracker:Data"]);
    public int Port => int.Parse(this["AuditTracker:Port"], CultureInfo.InvariantCulture);
    public string Listen => this["AuditTracker:Listen"];
    public bool IsLoopback => Listen is "localhost" or "127.0.0.1" or "::1" or "[::1]";
    public string[] Proxies => this["AuditTracker:Proxies"].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    public bool HasCertificate => this["Kestrel:Certificates:Default:Path"].Length > 0;

    public bool HasPublicAddress => this["AuditTracker:PublicAddress"].Length > 0;

    /// <summary>Where people open the service; mails' links start with it. No slash at the end.</summary>
    public string PublicAddress => this["AuditTracker:PublicAddress"] is { Length: > 0 } given ? given.TrimEnd('/') : $"http://localhost:{Port}";

    public string MailFolder => this["AuditTracker:Mail:Folder"] is { Length: > 0 } given ? Path.GetFullPath(given) : Path.Combine(Data, "mail");
    public string MailTransport => this["AuditTracker:Mail:Transport"];
    public string SmtpHost => this["AuditTracker:Mail:Smtp:Host"];
    public int SmtpPort => int.Parse(this["AuditTracker:Mail:Smtp:Port"], CultureInfo.InvariantCulture);
    public Platform.Mail.SmtpSecurity SmtpSecurity => Enum.Parse<Platform.Mail.SmtpSecurity>(this["AuditTracker:Mail:Smtp:Security"], ignoreCase: true);
    public string? SmtpAuthority => this["AuditTracker:Mail:Smtp:Authority"] is { Length: > 0 } given ? given : null;
    public string SmtpUser => this["AuditTracker:Mail:Smtp:User"];
    public string SmtpPassword => this["AuditTracker:Mail:Smtp:Password"];
    public Uri? OAuthToken => this["AuditTracker:Mail:OAuth:Token"] is { Length: > 0 } given ? new Uri(given) : null;
    public string OAuthClient => this["AuditTracker:Mail:OAuth:Client"];
    public string OAuthSecret => this["AuditTracker:Mail:OAuth:Secret"];
    public string OAuthScope => this["AuditTracker:Mail:OAuth:Scope"] is { Length: > 0 } given ? given : MailTransport == "graph" ? "https://graph.microsoft.com/.default" : "https://outlook.office365.com/.default";
    public Uri GraphAddress => new(this["AuditTracker:Mail:Graph:Address"]);
    /// <summary>Null: no reports are read.</summary>
    public string? MailBounces => this["AuditTracker:Mail:Bounces"] is { Length: > 0 } given ? Path.GetFullPath(given) : null;
    public int MailConnections => int.Parse(this["AuditTracker:Mail:Connections"], CultureInfo.InvariantCulture);

    /// <summary>Null: no limit.</summary>
    public int? MailsPerMinute => this["AuditTracker:Mail:PerMinute"] is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : null;

    public IReadOnlyList<System.Net.IPNetwork> WebhooksPrivate => Platform.Security.PublicAddresses.Networks(this["AuditTracker:Webhooks:Private"])!;
    public string ChatworkAddress => this["AuditTracker:Webhooks:Chatwork"].TrimEnd('/');
    public TimeOnly SendFrom => TimeOnly.Parse(this["AuditTracker:Mail:SendFrom"], CultureInfo.InvariantCulture);
    public TimeOnly SendUntil => TimeOnly.Parse(this["AuditTracker:Mail:SendUntil"], CultureInfo.InvariantCulture);
    public int MailBodyDays => int.Parse(this["AuditTracker:Mail:BodyDays"], CultureInfo.InvariantCulture);
    public TimeSpan SessionIdle => TimeSpan.FromMinutes(long.Parse(this["AuditTracker:Session:IdleMinutes"], CultureInfo.InvariantCulture));
    public TimeSpan SessionLength => TimeSpan.FromHours(long.Parse(this["AuditTracker:Session:Hours"], CultureInfo.InvariantCulture));
    public long UploadMaxBytes => long.Parse(this["AuditTracker:Upload:MaxBytes"], CultureInfo.InvariantCulture);
    public int UploadDraftDays => int.Parse(this["AuditTracker:Upload:DraftDays"], CultureInfo.InvariantCulture);
    public bool TakesPrograms => this["AuditTracker:Upload:Programs"] == "take";
    public bool TakesMacros => this["AuditTracker:Upload:Macros"] == "take";
    public int SampleMaxRows => int.Parse(this["AuditTracker:Sample:MaxRows"], CultureInfo.InvariantCulture);
    public Uri? Clamd => this["AuditTracker:Scan:Clamd"] is { Length: > 0 } given ? new Uri(given) : null;
    public long ScanMaxBytes => long.Parse(this["AuditTracker:Scan:MaxBytes"], CultureInfo.InvariantCulture);
    public int ScanAgainDays => int.Parse(this["AuditTracker:Scan:AgainDays"], CultureInfo.InvariantCulture);
    public TimeSpan ScanPatience => TimeSpan.FromSeconds(int.Parse(this["AuditTracker:Scan:PatienceSeconds"], CultureInfo.InvariantCulture));
    public long ScrubBytesPerSecond => long.Parse(this["AuditTracker:Scrub:BytesPerSecond"], CultureInfo.InvariantCulture);
    public int ScrubDays => int.Parse(this["AuditTracker:Scrub:Days"], CultureInfo.InvariantCulture);
    public long DiskLowBytes => long.Parse(this["AuditTracker:Disk:LowBytes"], CultureInfo.InvariantCulture);
    public bool LogIsJson => this["AuditTracker:Log:Format"] == "json";
    public Uri? TelemetryEndpoint => this["AuditTracker:Telemetry:Endpoint"] is { Length: > 0 } given ? new Uri(given) : null;
    public Uri? TimeStampAuthority => this["AuditTracker:TimeStamp:Authority"] is { Length: > 0 } given ? new Uri(given) : null;
    public string? Main => this["ConnectionStrings:Main"] is { Length: > 0 } given ? given : null;
    public string? Owner => this["ConnectionStrings:Owner"] is { Length: > 0 } given ? given : null;

    /// <summary>Templates ship beside the binary.</summary>
    public static string Templates => Path.Combine(AppContext.BaseDirectory, "templates");

    private string this[string key] => values.GetValueOrDefault(key) is { Length: > 0 } given ? given : All.Single(setting => setting.Key == key).Default;

    /// <summary>Reads and checks every setting; the message of the exception names the wrong one and what it expects.</summary>
    public static Settings From(IConfiguration configuration)
    {
        var values = All.ToDictionary(setting => setting.Key, setting => configuration[setting.Key]);
        foreach (var setting in All)
        {
            if (values[setting.Key] is { Length: > 0 } value && !setting.Check(value))
            {
                throw new InvalidOperationException($"Setting {setting.Key} = \"{(setting.Secret ? "●●●" : value)}\" cannot be used. It is the {setting.Effect}. Default: {setting.Default}");
            }
        }
        var settings = new Settings(values);
        if (settings.MissingForMail is { } missing)
        {
            throw new InvalidOperationException($"Setting AuditTracker:Mail:Transport = \"{settings.MailTransport}\" needs {missing} too.");
        }
        return settings;
    }

    /// <summary>What the chosen way of mails still needs; null: nothing.</summary>
    private string? MissingForMail
    {
        get
        {
            var oauth = OAuthToken is not null && OAuthClient.Length > 0 && OAuthSecret.Length > 0;
            return MailTransport switch
            {
                "smtp" when SmtpHost.Length == 0 => "AuditTracker:Mail:Smtp:Host",
                "smtp" when OAuthToken is not null && (!oauth || SmtpUser.Length == 0) => "AuditTracker:Mail:Smtp:User, AuditTracker:Mail:OAuth:Client and AuditTracker:Mail:OAuth:Secret",
                "graph" when !oauth => "AuditTracker:Mail:OAuth:Token, AuditTracker:Mail:OAuth:Client and AuditTracker:Mail:OAuth:Secret",
                _ => null,
            };
        }
    }

    /// <summary>All settings with their effective values; of a secret only whether it is set.</summary>
    public IReadOnlyList<ShownSetting> Shown => [.. All.Select(setting =>
    {
        var value = values.GetValueOrDefault(setting.Key);
        var isSet = !string.IsNullOrEmpty(value);
        return new ShownSetting(setting.Key.Replace(":", "__"), setting.Secret ? "" : isSet ? value! : setting.Default, setting.Default, setting.Effect, isSet, setting.Secret);
    })];

    /// <summary>All settings, one a line, secrets hidden.</summary>
    public string Print() => string.Join(Environment.NewLine, All.Select(setting =>
    {
        var value = values.GetValueOrDefault(setting.Key);
        var shown = string.IsNullOrEmpty(value) ? $"(default) {setting.Default}" : setting.Secret ? "●●● (set)" : value;
        return $"{setting.Key.Replace(":", "__"),-36} {shown}\n{"",-36} {setting.Effect}";
    }));

    private static bool NotEmpty(string value) => value.Trim().Length > 0;
    private static bool IsHttp(string value) => value.Length == 0 || Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
    private static bool IsTime(string value) => TimeOnly.TryParse(value, CultureInfo.InvariantCulture, out _);
    private static bool IsTaken(string value) => value is "refuse" or "take";
    private static bool IsPositive(string value) => long.TryParse(value, out var number) && number > 0;
}

/// <summary>An operator's setting as it may be shown.</summary>
/// <param name="Name">As in the environment.</param>
/// <param name="Value">In force; empty for a secret.</param>
/// <param name="IsSet">False: the default holds.</param>
public sealed record ShownSetting(string Name, string Value, string Default, string Effect, bool IsSet, bool Secret);

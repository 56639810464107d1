using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AuditTracker.Platform.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AuditTracker.Platform.Telemetry;

/// <summary>The one way the service writes its log: a line an entry, as text or as JSON, without anybody's data.</summary>
public sealed class LogLines(IOptionsMonitor<LogLinesOptions> options) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "audit-tracker";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = Redaction.Of(logEntry.Formatter(logEntry.State, null));
        var request = RequestOf(scopeProvider);
        var fault = logEntry.Exception is null ? null : Describe(logEntry.Exception);
        var level = logEntry.LogLevel.ToString().ToLowerInvariant();
        if (options.CurrentValue.Json)
        {
            var line = new Dictionary<string, object?> { ["at"] = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture), ["level"] = level, ["category"] = logEntry.Category, ["message"] = message };
            Add("request", request);
            Add("incident", IncidentOf(logEntry.State));
            Add("fault", fault);
            textWriter.WriteLine(JsonSerializer.Serialize(line, Plain));

            void Add(string name, string? value)
            {
                if (value is not null)
                {
                    line[name] = value;
                }
            }
            return;
        }
        textWriter.WriteLine($"{level}: {logEntry.Category} {message}{(request is null ? "" : $" [{request}]")}{(fault is null ? "" : $"\n{fault}")}");
    }

    /// <summary>The id under which the trail names the request too.</summary>
    private static string? RequestOf(IExternalScopeProvider? scopes)
    {
        string? found = null;
        scopes?.ForEachScope((scope, _) =>
        {
            if (scope is IEnumerable<KeyValuePair<string, object?>> values)
            {
                found = values.FirstOrDefault(value => value.Key == "RequestId").Value?.ToString() ?? found;
            }
        }, 0);
        return found;
    }

    private static string? IncidentOf<TState>(TState state) =>
        state is IEnumerable<KeyValuePair<string, object?>> values ? values.FirstOrDefault(value => value.Key == "Incident").Value?.ToString() : null;

    /// <summary>Kinds and stacks from the outside in; messages only of faults that say nothing of anybody.</summary>
    internal static string Describe(Exception fault)
    {
        var text = new StringBuilder();
        for (var at = fault; at is not null; at = at.InnerException)
        {
            text.Append(text.Length > 0 ? "\n caused by " : "").Append(at is PostgresException ? Incident.KindOf(at) : at.GetType().FullName);
            if (MaySpeak(at))
            {
                text.Append(": ").Append(Redaction.Of(at.Message));
            }
            if (at.StackTrace is { } stack)
            {
                text.Append('\n').Append(stack);
            }
        }
        return text.ToString();
    }

    private static bool MaySpeak(Exception fault) => fault is IOException or SocketException or TimeoutException or NullReferenceException or ObjectDisposedException or OperationCanceledException or PrivateClusterException
        || fault is NpgsqlException and not PostgresException;
}

public sealed class LogLinesOptions : ConsoleFormatterOptions
{
    public bool Json { get; set; }
}

public static class Logs
{
    /// <summary>To standard output and nowhere else.</summary>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, Settings settings)
    {
        logging.ClearProviders().AddConsole(console => console.FormatterName = LogLines.FormatterName);
        logging.AddConsoleFormatter<LogLines, LogLinesOptions>(lines => (lines.Json, lines.IncludeScopes) = (settings.LogIsJson, true));
        return logging;
    }
}

using System.Collections.Concurrent;
using System.Text;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Platform.Jobs;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuditTracker.Tests.Platform.Telemetry;

public sealed class ExporterTests
{
    [Fact]
    public async Task Requests_statements_jobs_mails_uploads_and_queues_arrive_at_a_collector_without_anybodys_data()
    {
        var arrived = new ConcurrentBag<(string Path, string Bytes)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/v1/{kind}", async (string kind, HttpRequest request) =>
        {
            var bytes = new MemoryStream();
            await request.Body.CopyToAsync(bytes);
            // Protocol buffers keep texts as they are; Latin 1 loses no byte.
            arrived.Add((kind, Encoding.Latin1.GetString(bytes.ToArray())));
            return Results.Bytes([], "application/x-protobuf");
        });
        await collector.StartAsync();

        var app = await TestApp.StartAsync(("AuditTracker:Telemetry:Endpoint", collector.Urls.First()));
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        (await app.SubmitAsync(Cast.Alice, (await app.CollectionAsync(request)).Id())).EnsureSuccessStatusCode();
        _ = await (await app.PagesAsAsync(Cast.Manami)).GetStringAsync("/people?q=needle-of-a-query");
        await app.Database.SetClockAsync("2026-10-05T09:30:00");
        foreach (var schedule in Rooms.Schedules.Where(schedule => schedule.Name is nameof(SendMails) or nameof(RemindOwners)))
        {
            await schedule.RunAsync(app.Services, NullLogger.Instance, default);
        }
        await app.DisposeAsync(); // sends what is left

        var metrics = string.Concat(arrived.Where(sent => sent.Path == "metrics").Select(sent => sent.Bytes));
        foreach (var name in new[] { "http.server.request.duration", "db.client.", "audit_tracker.job.duration", "audit_tracker.mail.attempts", "audit_tracker.upload.size", "audit_tracker.queue.length", nameof(SendMails) })
        {
            Assert.Contains(name, metrics);
        }
        var traces = string.Concat(arrived.Where(sent => sent.Path == "traces").Select(sent => sent.Bytes));
        foreach (var name in new[] { "Microsoft.AspNetCore", "Npgsql", "job SendMails", "/api/evidence/collections/{id:long}/submissions", "audit-tracker" })
        {
            Assert.Contains(name, traces);
        }
        foreach (var secret in new[] { Cast.Alice.Mail, Cast.Alice.Token, Cast.Password, "needle-of-a-query", Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Cast.Alice.Name)) })
        {
            Assert.DoesNotContain(secret, traces + metrics);
        }
    }
}

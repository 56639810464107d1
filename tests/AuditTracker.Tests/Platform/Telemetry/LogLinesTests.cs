using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AuditTracker.Platform.Telemetry;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Platform.Telemetry;

public sealed class LogLinesTests
{
    [Theory]
    [InlineData("Sent to 相川 <alice.a+x@mail.example.test>.", "Sent to 相川 <[mail]>.")]
    [InlineData("GET /invitation?token=abc123&x=1 failed", "GET /invitation?[hidden] failed")]
    [InlineData("token=abc q=tanaka", "token=[hidden] q=[hidden]")]
    [InlineData("Authorization: Bearer at_0123456789abcdef", "Authorization: [token]")]
    [InlineData("invalid input syntax for type bigint: \"tanaka\"", "invalid input syntax for type bigint: [value]")]
    [InlineData("Job SendMails: 3 rows in 12 ms.", "Job SendMails: 3 rows in 12 ms.")]
    public void What_points_to_a_person_or_opens_a_door_is_taken_out(string text, string left) => Assert.Equal(left, Redaction.Of(text));

    [Fact]
    public void A_fault_is_told_by_kind_and_stack_its_words_only_where_they_are_nobodys()
    {
        var told = LogLines.Describe(new InvalidOperationException("相川 有栖", new IOException("No space left on device")));
        Assert.DoesNotContain("相川", told);
        Assert.Contains("System.InvalidOperationException", told);
        Assert.Contains("No space left on device", told);
    }

    [Fact]
    public async Task While_the_main_job_is_played_and_things_go_wrong_the_log_names_nobody()
    {
        await using var arranged = await TestApp.StartAsync();
        var request = await arranged.AddRequestAsync();
        await arranged.OpenAsync();
        var collection = (await arranged.CollectionAsync(request)).Id();
        var database = arranged.Database;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "audit-tracker.dll"), "serve", "--data", database.Installation.Settings.Data, "--port", "0", "--empty"])
        {
            Environment = { ["ConnectionStrings__Main"] = database.AppConnection, ["ConnectionStrings__Owner"] = database.OwnerConnection, ["AuditTracker__Log__Format"] = "json" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var lines = new List<string>();
        process.OutputDataReceived += (_, line) => { lock (lines) { lines.Add(line.Data ?? ""); } };
        process.ErrorDataReceived += (_, line) => { lock (lines) { lines.Add(line.Data ?? ""); } };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var at = Path.Combine(database.Installation.Settings.Data, "run", "address");
            for (var since = DateTime.UtcNow; !File.Exists(at); await Task.Delay(100))
            {
                Assert.True(DateTime.UtcNow - since < TimeSpan.FromMinutes(1) && !process.HasExited, "the service did not start");
            }
            await Task.Delay(200);
            var incident = await PlayAsync(new Uri(await File.ReadAllTextAsync(at)), collection, database);
            await database.UntilAsync("select exists (select 1 from job_runs where job = 'SendMails' and ended_at is not null)");
            var log = await EndAsync(process, lines, incident);

            Assert.Contains(log.Objects, line => line.GetProperty("level").GetString() == "error" && line.TryGetProperty("request", out var id) && id.GetString()!.Length > 0
                && line.TryGetProperty("incident", out var number) && number.GetString() == incident && line.GetProperty("fault").GetString()!.Contains("PostgreSQL 42P01"));
            foreach (var secret in Cast.All.SelectMany(member => new[] { member.Mail, member.Token, member.Name }).Concat([Cast.Password, "wrong-password", "needle", "q=", "token=", "@example.test"]))
            {
                Assert.DoesNotContain(secret, log.Text);
            }
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>Hands in, reviews, searches, mistypes, and calls a page whose table is gone.</summary>
    /// <returns>The number that the broken page showed.</returns>
    private static async Task<string> PlayAsync(Uri address, long collection, TestDatabase database)
    {
        HttpClient As(Cast.Member? who)
        {
            var client = new HttpClient { BaseAddress = address };
            client.DefaultRequestHeaders.Authorization = who is null ? null : new AuthenticationHeaderValue("Bearer", who.Token);
            return client;
        }
        (await As(Cast.Alice).PostAsync($"/api/evidence/collections/{collection}/submissions", Scene.Files(("needle.csv", "needle")))).EnsureSuccessStatusCode();
        (await As(Cast.Bob).PostAsync($"/api/evidence/collections/{collection}/reviews", new StringContent("{\"decision\":\"return\",\"comment\":\"needle\"}", null, "application/json"))).EnsureSuccessStatusCode();
        var visitor = As(null);
        await visitor.GetAsync("/invitation?token=needle");
        await visitor.GetAsync("/sign-in?back=%2Fpeople%3Fq%3Dneedle");
        await visitor.PostAsync("/sign-in", new FormUrlEncodedContent([new("Input.Address", Cast.Alice.Mail), new("Input.Password", "wrong-password")]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await As(Cast.Alice with { Nick = "nobody" }).GetAsync("/api/me")).StatusCode);
        await database.ArrangeAsync("alter table people rename to people_gone");
        var broken = await As(Cast.Manami).GetAsync("/api/people?q=needle");
        await database.ArrangeAsync("alter table people_gone rename to people");
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        return JsonDocument.Parse(await broken.Content.ReadAsStringAsync()).RootElement.GetProperty("incident").GetString()!;
    }

    private static async Task<(string Text, List<JsonElement> Objects)> EndAsync(Process process, List<string> lines, string incident)
    {
        for (var since = DateTime.UtcNow; DateTime.UtcNow - since < TimeSpan.FromSeconds(10); await Task.Delay(100))
        {
            lock (lines)
            {
                if (lines.Any(line => line.Contains(incident)))
                {
                    break;
                }
            }
        }
        process.Kill();
        await process.WaitForExitAsync();
        lock (lines)
        {
            return (string.Join('\n', lines), [.. lines.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)]);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AuditTracker.Commands;
using AuditTracker.Notifications;
using AuditTracker.Platform.Mail;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AuditTracker.Benchmarks;

/// <summary>
/// A morning's mails through the product (claimed, written, kept, handed over, their ending written down, all of it in the trail) beside a bare client that has the bytes
/// ready and only speaks SMTP, to the same server over as many connections: at least 80 % of its speed. The server takes as long for each mail as one that stores it safely.
/// </summary>
public static class MailBenchmark
{
    private const double Promise = 0.8;

    public static async Task<int> RunAsync(string[] args)
    {
        int Number(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
        var (mails, rounds, connections, delay) = (Number(0, 2000), Number(1, 3), Number(2, 4), TimeSpan.FromMilliseconds(Number(3, 20)));
        await using var server = new Sink(delay);
        var settings = Settings.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AuditTracker:Data"] = Path.Combine(Environment.GetEnvironmentVariable("BENCHMARK_FOLDER") ?? Path.GetTempPath(), "mail"),
            ["AuditTracker:Port"] = "0",
            ["AuditTracker:Mail:Transport"] = "smtp",
            ["AuditTracker:Mail:Smtp:Host"] = "localhost",
            ["AuditTracker:Mail:Smtp:Port"] = $"{server.Port}",
            ["AuditTracker:Mail:Smtp:Security"] = "none",
            ["AuditTracker:Mail:Connections"] = $"{connections}",
        }).Build());
        await using var installation = await Installation.OpenAsync(settings, mayCreate: true);
        await installation.MigrateAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        await using var owner = new NpgsqlConnection(installation.Owner);
        await owner.OpenAsync();
        await SeedAsync(owner, mails);
        var send = services.GetRequiredService<SendMails>();
        var (ours, bare) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            // The first round compiles and fills caches.
            await QueueAsync(owner);
            var before = server.Taken;
            var watch = Stopwatch.StartNew();
            var accepted = 0;
            for (int sent; (sent = await send.RunAsync(default)) > 0;)
            {
                accepted += sent;
            }
            var took = watch.Elapsed.TotalSeconds;
            if (accepted != mails || server.Taken - before != mails)
            {
                Console.WriteLine($"over  {accepted} were accepted, the server has {server.Taken - before} of {mails}");
                return 1;
            }
            watch.Restart();
            await BareAsync(server, mails, connections);
            if (round > 0)
            {
                ours.Add(mails / took);
                bare.Add(mails / watch.Elapsed.TotalSeconds);
            }
        }
        ours.Sort();
        bare.Sort();
        var ratio = ours[ours.Count / 2] / bare[bare.Count / 2];
        Console.WriteLine($"{(ratio >= Promise ? "PASS" : "over")}  {mails} mails over {connections} connections, {delay.TotalMilliseconds:0} ms a mail: {ours[ours.Count / 2]:F0} a second, bare {bare[bare.Count / 2]:F0}, {ratio:P0} (at least {Promise:P0})");
        return ratio >= Promise ? 0 : 1;
    }

    private static Task SeedAsync(NpgsqlConnection owner, int mails) => ActAsync(owner, $$"""
        update company_versions set secretariat_name = '事務局', sender_address = 'audit@example.test' where section = 'secretariat';
        insert into people (employee_no, name, name_key, email, email_key, hired_on)
        select 'X' || n, '人' || n, '人', 'p' || n || '@example.test', 'p' || n || '@example.test', '2020-04-01' from generate_series(1, {{mails}}) n where not exists (select from people where employee_no = 'X' || n);
        delete from notices; delete from mail_attempts; delete from mails;
        insert into notices (key, template, person_id, subject, urgency, due_on, model, created_at)
        select 'opened/' || id, 'evidence/collection-opened', id, 'collection:' || id, 4, '2026-12-04',
            '{"title":"アクセス権棚卸し","period":{"from":"2026-07-01","to":"2026-09-30"},"minutes":20,"reviewerName":"清水 誠","itemsInWords":null,"link":"/evidence/collections/1"}'::jsonb, now()
        from people where employee_no like 'X%' order by id limit {{mails}};
        update business_clock set offset_us = (extract(epoch from '2026-11-24T09:01:00+09:00'::timestamptz - clock_timestamp()) * 1000000)::bigint
        """);

    /// <summary>Every notice waits for a new mail of the day.</summary>
    private static Task QueueAsync(NpgsqlConnection owner) => ActAsync(owner, """
        update notices set mail_id = null; delete from mail_attempts; delete from mails;
        insert into mails (kind, person_id, to_name, to_address, language, state, message_id, created_at)
        select 'daily', id, name, email, 'ja', 'queued', replace(gen_random_uuid()::text, '-', '') || '@example.test', now() from people where id in (select person_id from notices);
        update business_clock set offset_us = (extract(epoch from '2026-11-24T09:01:00+09:00'::timestamptz - clock_timestamp()) * 1000000)::bigint
        """);

    private static async Task ActAsync(NpgsqlConnection owner, string sql)
    {
        await using (var transaction = await owner.BeginTransactionAsync())
        {
            await owner.ExecuteAsync("select set_config('audit.actor', 'operator:benchmark', true)", transaction: transaction);
            await owner.ExecuteAsync(sql, transaction: transaction, commandTimeout: 600);
            await transaction.CommitAsync();
        }
        await owner.ExecuteAsync("vacuum analyze mails, notices, mail_attempts", commandTimeout: 600);
    }

    private static async Task BareAsync(Sink server, int mails, int connections)
    {
        var bytes = MimeText.Compose(new OutgoingMail("1@example.test", new Mailbox("事務局", "audit@example.test"), null, new Mailbox("人", "p@example.test"), "【要対応】アクセス権棚卸しの提出", new string('文', 300), $"<p>{new string('文', 900)}</p>", DateTimeOffset.UtcNow));
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync("localhost", server.Port);
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            await reader.ReadLineAsync();
            await AskAsync("EHLO me\r\n"u8.ToArray());
            while (Interlocked.Increment(ref next) <= mails)
            {
                await AskAsync("MAIL FROM:<audit@example.test>\r\n"u8.ToArray());
                await AskAsync("RCPT TO:<p@example.test>\r\n"u8.ToArray());
                await AskAsync("DATA\r\n"u8.ToArray());
                await stream.WriteAsync(bytes);
                await AskAsync(".\r\n"u8.ToArray());
            }

            async Task AskAsync(byte[] command)
            {
                await stream.WriteAsync(command);
                await reader.ReadLineAsync();
            }
        })));
    }

    /// <summary>Takes every mail, each after a while.</summary>
    private sealed class Sink : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly TimeSpan delay;
        private int taken;

        public Sink(TimeSpan delay)
        {
            this.delay = delay;
            listener.Start();
            _ = ListenAsync();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
        public int Taken => taken;

        private async Task ListenAsync()
        {
            try
            {
                while (true)
                {
                    var client = await listener.AcceptTcpClientAsync();
                    _ = Task.Run(() => TalkAsync(client));
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
            }
        }

        private async Task TalkAsync(TcpClient client)
        {
            using var _ = client;
            client.NoDelay = true;
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII);
                await stream.WriteAsync("220 sink\r\n"u8.ToArray());
                while (await reader.ReadLineAsync() is { } line)
                {
                    if (line == "DATA")
                    {
                        await stream.WriteAsync("354 go on\r\n"u8.ToArray());
                        while (await reader.ReadLineAsync() is { } text && text != ".")
                        {
                        }
                        await Task.Delay(delay);
                        Interlocked.Increment(ref taken);
                    }
                    await stream.WriteAsync("250 ok\r\n"u8.ToArray());
                }
            }
            catch (IOException)
            {
            }
        }

        public ValueTask DisposeAsync()
        {
            listener.Stop();
            return ValueTask.CompletedTask;
        }
    }
}

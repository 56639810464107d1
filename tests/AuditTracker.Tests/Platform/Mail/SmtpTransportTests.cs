using System.Security.Cryptography.X509Certificates;
using System.Text;
using AuditTracker.Platform.Mail;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Platform.Mail;

/// <summary>The conversation with a mail server over real sockets, and what becomes of a mail when it goes wrong at each step.</summary>
public sealed class SmtpTransportTests : IAsyncDisposable
{
    private readonly SmtpPeer peer = new();
    private readonly List<SmtpTransport> opened = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in opened)
        {
            await transport.DisposeAsync();
        }
        await peer.DisposeAsync();
    }

    private static OutgoingMail Mail(string id = "1", string to = "bob@example.test") => new($"{id}@audit.example", new Mailbox("事務局", "audit@example.test"), null, new Mailbox("", to),
        "件名", ".hidden line\n.\nlast\n", "<p>.</p>", new DateTimeOffset(2026, 11, 24, 9, 5, 0, TimeSpan.FromHours(9)));

    private SmtpTransport To(SmtpPeer server, SmtpSecurity security = SmtpSecurity.None, string user = "", string password = "", X509Certificate2? authority = null, int connections = 1, string host = "localhost", int seconds = 20, ClientCredentials? token = null)
    {
        var transport = new SmtpTransport(new SmtpServer(host, server.Port, security, "", user, password, token, authority is null ? null : [authority])
        {
            Patience = new SmtpPatience(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(2 * seconds), TimeSpan.FromSeconds(seconds)),
        }, connections, TimeSpan.Zero);
        opened.Add(transport);
        return transport;
    }

    [Fact]
    public async Task A_mail_arrives_as_it_was_written_and_the_last_answer_is_kept_word_for_word()
    {
        peer.Answer("dot", "250-2.0.0 Ok: queued as 9A3F\r\n250 受け取りました");
        var result = Assert.IsType<SendResult.Accepted>(await To(peer).SendAsync(Mail(), default));

        Assert.Equal("250-2.0.0 Ok: queued as 9A3F\n250 受け取りました", result.Reply);
        var taken = Assert.Single(peer.Taken);
        Assert.Equal(Encoding.UTF8.GetString(MimeText.Compose(Mail())), taken.Text);
        Assert.StartsWith("MAIL FROM:<audit@example.test> SIZE=", taken.From);
        Assert.Equal("RCPT TO:<bob@example.test>", taken.To);
    }

    [Fact]
    public void A_line_that_begins_with_a_dot_gets_a_second_one() =>
        Assert.Equal("..a\r\nb.\r\n...\r\n", Encoding.ASCII.GetString(SmtpSession.Stuffed(".a\r\nb.\r\n..\r\n"u8.ToArray())));

    [Theory]
    [InlineData("connect", "421 4.3.2 busy", typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData("connect", "554 5.7.1 you are blocked", typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData("connect", SmtpPeer.Drop, typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData("connect", "HTTP/1.1 400 Bad Request", typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData("EHLO", "502 5.5.2 what?", typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData("EHLO", SmtpPeer.Drop, typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData("MAIL", "451 4.3.0 later", typeof(SendResult.Deferred), null)]
    [InlineData("MAIL", "421 4.3.0 closing", typeof(SendResult.Deferred), null)]
    [InlineData("MAIL", "553 5.7.1 not your sender", typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData("MAIL", "552 5.3.4 too big", typeof(SendResult.Failed), MailFault.Mail)]
    [InlineData("MAIL", SmtpPeer.Drop, typeof(SendResult.Deferred), null)]
    [InlineData("MAIL", "\u0001\u0002garbage\0", typeof(SendResult.Deferred), null)]
    [InlineData("RCPT", "450 4.2.1 greylisted", typeof(SendResult.Deferred), null)]
    [InlineData("RCPT", "550 5.1.1 no such user", typeof(SendResult.Failed), MailFault.Recipient)]
    [InlineData("RCPT", "550 nobody here", typeof(SendResult.Failed), MailFault.Recipient)]
    [InlineData("RCPT", "554 5.7.1 relay access denied", typeof(SendResult.Failed), MailFault.Mail)]
    [InlineData("RCPT", "530 5.7.0 sign in first", typeof(SendResult.Deferred), MailFault.Route)]
    [InlineData("RCPT", SmtpPeer.Drop, typeof(SendResult.Deferred), null)]
    [InlineData("DATA", "451 4.3.0 later", typeof(SendResult.Deferred), null)]
    [InlineData("DATA", "554 5.5.0 no", typeof(SendResult.Failed), MailFault.Mail)]
    [InlineData("DATA", "250 ok?", typeof(SendResult.Deferred), null)]
    [InlineData("DATA", SmtpPeer.Drop, typeof(SendResult.Deferred), null)]
    [InlineData("dot", "451 4.3.0 later", typeof(SendResult.Deferred), null)]
    [InlineData("dot", "421 4.3.2 closing", typeof(SendResult.Deferred), null)]
    [InlineData("dot", "554 5.7.1 spam", typeof(SendResult.Failed), MailFault.Mail)]
    [InlineData("dot", "354 go on", typeof(SendResult.Unknown), null)]
    [InlineData("dot", "25x what", typeof(SendResult.Unknown), null)]
    [InlineData("dot", SmtpPeer.Drop, typeof(SendResult.Unknown), null)]
    [InlineData("dot", SmtpPeer.TakeAndDrop, typeof(SendResult.Unknown), null)]
    public async Task Each_wrong_step_ends_as_what_can_be_known_and_the_next_mail_goes(string step, string answer, Type expected, MailFault? fault)
    {
        foreach (var pipelines in new[] { false, true })
        {
            peer.Offers = pipelines ? ["PIPELINING", "8BITMIME"] : ["8BITMIME"];
            var before = peer.Taken.Count;
            var transport = To(peer);
            peer.Answer(step, answer);
            var result = await transport.SendAsync(Mail($"a{pipelines}"), default);
            Assert.Equal((expected, fault), (result.GetType(), result.Fault));
            Assert.NotEmpty(result.Reply);
            Assert.DoesNotContain('\0', result.Reply);
            Assert.Equal(before + (answer == SmtpPeer.TakeAndDrop ? 1 : 0), peer.Taken.Count);
            if (int.TryParse(answer[..3], out _))
            {
                Assert.Equal(answer, result.Reply);
            }

            peer.Says = (_, _) => Task.FromResult<string?>(null);
            Assert.IsType<SendResult.Accepted>(await transport.SendAsync(Mail($"b{pipelines}"), default));
        }
    }

    [Fact]
    public async Task A_server_that_has_enough_before_the_end_is_heard()
    {
        peer.Answer("body", "552 5.3.4 enough");
        var big = Mail() with { Text = new string('あ', 2_000_000) };
        peer.Offers = ["8BITMIME"];
        var result = await To(peer).SendAsync(big, default);
        // What it said before the connection broke may be lost to the break; that the mail was not taken is known in any case.
        Assert.True(result is SendResult.Failed { Reply: "552 5.3.4 enough" } or SendResult.Deferred, result.ToString());

        peer.Offers = ["SIZE 100"];
        Assert.Contains("takes 100", Assert.IsType<SendResult.Failed>(await To(peer).SendAsync(Mail(), default)).Reply);
        Assert.Empty(peer.Taken);
    }

    [Fact]
    public async Task A_reply_that_comes_too_late_is_unknown_after_the_dot_and_deferred_before_it()
    {
        peer.Says = async (step, _) =>
        {
            if (step is "dot" or "RCPT")
            {
                await Task.Delay(4000);
            }
            return null;
        };
        Assert.IsType<SendResult.Deferred>(await To(peer, seconds: 1).SendAsync(Mail(), default));
        peer.Says = async (step, _) =>
        {
            if (step == "dot")
            {
                await Task.Delay(4000);
            }
            return null;
        };
        Assert.IsType<SendResult.Unknown>(await To(peer, seconds: 1).SendAsync(Mail(), default));
    }

    [Fact]
    public async Task Cancelling_before_the_dot_throws_and_after_it_is_unknown()
    {
        foreach (var (step, isUnknown) in new[] { ("DATA", false), ("dot", true) })
        {
            using var cancel = new CancellationTokenSource();
            peer.Says = async (at, _) =>
            {
                if (at == step)
                {
                    await cancel.CancelAsync();
                    await Task.Delay(2000);
                }
                return null;
            };
            var sending = To(peer).SendAsync(Mail(), cancel.Token);
            if (isUnknown)
            {
                Assert.IsType<SendResult.Unknown>(await sending);
            }
            else
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
            }
        }
    }

    [Fact]
    public async Task A_connection_serves_many_mails_and_one_that_went_stale_is_replaced()
    {
        var transport = To(peer);
        Assert.IsType<SendResult.Accepted>(await transport.SendAsync(Mail("1"), default));
        peer.AnswerOnce("RCPT", "550 5.1.1 no");
        Assert.IsType<SendResult.Failed>(await transport.SendAsync(Mail("2"), default));
        Assert.IsType<SendResult.Accepted>(await transport.SendAsync(Mail("3"), default));
        Assert.Equal(1, peer.Connections);
        Assert.Contains("RSET", peer.Heard);

        peer.AnswerOnce("MAIL", SmtpPeer.Drop);
        Assert.IsType<SendResult.Accepted>(await transport.SendAsync(Mail("4"), default));
        Assert.Equal(2, peer.Connections);
        peer.AnswerOnce("MAIL", "421 4.4.2 idle for too long");
        Assert.IsType<SendResult.Accepted>(await transport.SendAsync(Mail("5"), default));
        await transport.RestAsync();
        Assert.Equal(["1", "3", "4", "5"], peer.Taken.Select(mail => mail.MessageId.Split('@')[0]));
        while (!peer.Heard.Contains("QUIT"))
        {
            await Task.Delay(20);
        }
    }

    [Fact]
    public async Task No_more_connections_than_allowed_are_open()
    {
        peer.Says = async (step, _) =>
        {
            await Task.Delay(step == "dot" ? 30 : 0);
            return null;
        };
        var transport = To(peer, connections: 3);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => transport.SendAsync(Mail($"{i}"), default)));
        Assert.Equal(20, peer.Taken.Count);
        Assert.InRange(peer.MostAtOnce, 1, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_conversation_is_encrypted_and_the_certificate_is_checked(bool implicitTls)
    {
        using var certificate = SmtpPeer.Certificate();
        await using var server = new SmtpPeer(certificate, implicitTls) { Offers = ["AUTH PLAIN LOGIN"] };
        var security = implicitTls ? SmtpSecurity.Tls : SmtpSecurity.StartTls;
        Assert.IsType<SendResult.Accepted>(await To(server, security, "audit", "秘密", certificate).SendAsync(Mail(), default));
        Assert.Contains($"AUTH PLAIN {Convert.ToBase64String("\0audit\0秘密"u8.ToArray())}", server.Heard);

        // Nobody trusts it; another authority; another name; hung up in the handshake.
        using var other = SmtpPeer.Certificate();
        using var otherName = SmtpPeer.Certificate("mail.example.test");
        await using var wrongName = new SmtpPeer(otherName, implicitTls);
        foreach (var transport in new[] { To(server, security), To(server, security, authority: other), To(wrongName, security, authority: otherName) })
        {
            var refused = Assert.IsType<SendResult.Deferred>(await transport.SendAsync(Mail("x"), default));
            Assert.Equal(MailFault.Route, refused.Fault);
        }
        server.Answer("TLS", SmtpPeer.Drop);
        Assert.IsType<SendResult.Deferred>(await To(server, security, authority: certificate).SendAsync(Mail("y"), default));
        Assert.Single(server.Taken);
        Assert.Empty(wrongName.Taken);
        Assert.Single(server.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_encryption_nothing_is_sent_unless_it_is_allowed()
    {
        Assert.Contains("STARTTLS", Assert.IsType<SendResult.Deferred>(await To(peer, SmtpSecurity.StartTls).SendAsync(Mail(), default)).Reply);
        Assert.DoesNotContain(peer.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answers_put_in_before_the_encryption_are_noticed()
    {
        using var certificate = SmtpPeer.Certificate();
        await using var server = new SmtpPeer(certificate);
        server.Answer("STARTTLS", "220 2.0.0 go ahead\r\n250 evil");
        Assert.Contains("before the encryption", Assert.IsType<SendResult.Deferred>(await To(server, SmtpSecurity.StartTls, authority: certificate).SendAsync(Mail(), default)).Reply);
    }

    [Fact]
    public async Task Signing_in_takes_what_the_server_offers_and_a_refusal_is_our_own_matter()
    {
        peer.Offers = ["AUTH LOGIN"];
        Assert.IsType<SendResult.Accepted>(await To(peer, user: "audit", password: "p").SendAsync(Mail("1"), default));
        Assert.Contains(Convert.ToBase64String("audit"u8.ToArray()), peer.Heard);

        peer.Offers = ["AUTH CRAM-MD5"];
        Assert.Contains("CRAM-MD5", Assert.IsType<SendResult.Deferred>(await To(peer, user: "audit", password: "p").SendAsync(Mail("2"), default)).Reply);

        peer.Offers = ["AUTH PLAIN"];
        peer.Answer("AUTH", "535 5.7.8 wrong password");
        var refused = Assert.IsType<SendResult.Deferred>(await To(peer, user: "audit", password: "p").SendAsync(Mail("3"), default));
        Assert.Equal(("535 5.7.8 wrong password", MailFault.Route), (refused.Reply, refused.Fault));
        Assert.Single(peer.Taken);
    }

    [Fact]
    public async Task An_address_beyond_ascii_goes_only_where_the_server_takes_it()
    {
        var mail = Mail(to: "花子@例え.example");
        Assert.Equal(MailFault.Recipient, Assert.IsType<SendResult.Failed>(await To(peer).SendAsync(mail, default)).Fault);
        peer.Offers = ["SMTPUTF8", "8BITMIME", "DSN"];
        Assert.IsType<SendResult.Accepted>(await To(peer).SendAsync(mail, default));
        Assert.Equal("MAIL FROM:<audit@example.test> SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=1@audit.example", Assert.Single(peer.Taken).From);
        Assert.Equal("RCPT TO:<花子@xn--r8jz45g.example> NOTIFY=FAILURE,DELAY", peer.Taken.Single().To);
    }

    [Fact]
    public async Task After_the_server_let_nobody_in_nobody_knocks_for_a_while()
    {
        peer.Answer("connect", "421 4.3.2 not now");
        await using var transport = new SmtpTransport(new SmtpServer("localhost", peer.Port, SmtpSecurity.None), 1, TimeSpan.FromMinutes(1));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("421 4.3.2 not now", Assert.IsType<SendResult.Deferred>(await transport.SendAsync(Mail($"{i}"), default)).Reply);
        }
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task A_server_that_is_not_there_defers()
    {
        await using var gone = new SmtpPeer();
        var port = gone.Port;
        await gone.DisposeAsync();
        await using var transport = new SmtpTransport(new SmtpServer("localhost", port, SmtpSecurity.None));
        Assert.Equal(MailFault.Route, Assert.IsType<SendResult.Deferred>(await transport.SendAsync(Mail(), default)).Fault);
        Assert.IsType<SendResult.Failed>(await transport.SendAsync(Mail(to: "a@b.example>\r\nRCPT TO:<x@y.example"), default));
        Assert.Equal(MailFault.Route, Assert.IsType<SendResult.Deferred>(await transport.SendAsync(Mail() with { From = new Mailbox("事務局", "") }, default)).Fault);
    }
}

using System.Text;
using AuditTracker.Platform.Mail;

namespace AuditTracker.Tests.Platform.Mail;

public sealed class DeliveryReportTests
{
    /// <summary>As mail servers write them: words for people, the delivery status, and what was sent.</summary>
    internal static byte[] Report(string messageId, string action = "failed", string status = "5.1.1", string recipient = "bob@example.test", string? envelope = null, string returned = "text/rfc822-headers", string encoding = "7bit")
    {
        var headers = $"From: audit@example.test\nTo: {recipient}\nSubject: =?utf-8?B?5Lu25ZCN?=\nMessage-ID:\n <{messageId}>\nDate: Tue, 24 Nov 2026 09:05:00 +0900\n";
        return Encoding.UTF8.GetBytes($"""
            Return-Path: <>
            From: MAILER-DAEMON@mx.example.test (Mail Delivery System)
            To: audit@example.test
            Subject: Undelivered Mail Returned to Sender
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status;
            	boundary="9B0C.1/mx.example.test"

            This is a MIME-encapsulated message.

            --9B0C.1/mx.example.test
            Content-Type: text/plain; charset=us-ascii

            I'm sorry to have to inform you <{recipient}> ...

            --9B0C.1/mx.example.test
            Content-Description: Delivery report
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.test
            {(envelope is null ? "X-Queue-ID: 9B0C" : $"Original-Envelope-Id: {envelope}")}
            Arrival-Date: Tue, 24 Nov 2026 09:05:01 +0900 (JST)

            Final-Recipient: rfc822; {recipient}
            Action: {action}
            Status: {status}
            Remote-MTA: dns; mail.example.test
            Diagnostic-Code: smtp; 550 {status} <{recipient}>: Recipient address
                rejected: 宛先がありません

            --9B0C.1/mx.example.test
            Content-Type: {returned}
            Content-Transfer-Encoding: {encoding}

            {(encoding == "base64" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(headers), Base64FormattingOptions.InsertLineBreaks) : headers)}
            --9B0C.1/mx.example.test--
            """.ReplaceLineEndings("\r\n"));
    }

    [Theory]
    [InlineData("text/rfc822-headers", "7bit")]
    [InlineData("message/rfc822", "8bit")]
    [InlineData("text/rfc822-headers; charset=utf-8", "base64")]
    public void A_report_says_which_mail_to_whom_and_why(string returned, string encoding)
    {
        var read = DeliveryReport.Read(Report("6f0a@audit.example", returned: returned, encoding: encoding));

        Assert.Equal(["6f0a@audit.example"], read.MessageIds);
        Assert.Equal(("bob@example.test", "failed", "5.1.1"), (read.Recipient, read.Action, read.Status));
        Assert.Equal("550 5.1.1 <bob@example.test>: Recipient address    rejected: 宛先がありません", read.Diagnostic);
        Assert.True(read.IsAboutRecipient);
    }

    [Fact]
    public void The_envelope_id_that_we_gave_counts_first()
    {
        Assert.Equal(["1+2@audit.example", "other@audit.example"], DeliveryReport.Read(Report("other@audit.example", envelope: "1+2B2@audit.example")).MessageIds);
        Assert.False(DeliveryReport.Read(Report("1@x", status: "5.7.1")).IsAboutRecipient);
        Assert.Equal("delayed", DeliveryReport.Read(Report("1@x", action: "delayed (will retry)", status: "4.4.1")).Action);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no mail at all")]
    [InlineData("From: a@b\r\nSubject: Out of office\r\n\r\nI am away.\r\n")]
    [InlineData("Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; m\r\n\r\n--x--\r\n")]
    [InlineData("Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n--x--\r\n")]
    [InlineData("Content-Type: multipart/report; boundary=\r\n\r\n--\r\n")]
    public void What_is_no_report_says_so(string message) => Assert.Throws<FormatException>(() => DeliveryReport.Read(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        var good = Report("6f0a@audit.example");
        var chance = new Random(17);
        for (var round = 0; round < 300; round++)
        {
            var bytes = good.ToArray();
            for (var i = 0; i < 20; i++)
            {
                bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256);
            }
            try
            {
                _ = DeliveryReport.Read(bytes[..chance.Next(bytes.Length)]);
            }
            catch (FormatException)
            {
            }
        }
    }
}

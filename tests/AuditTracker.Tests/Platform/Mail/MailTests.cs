using AuditTracker.Platform.Mail;

namespace AuditTracker.Tests.Platform.Mail;

public sealed class MailTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pickup").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static OutgoingMail Mail { get; } = new(
        "0197a1b2.request-17@audit.example",
        new Mailbox("コンプライアンス事務局", "audit@hibari-net.example"),
        new Mailbox("", "help@hibari-net.example"),
        new Mailbox("髙﨑 花子", "takasaki@hibari-net.example"),
        "【証跡のお願い】アクセス権一覧（2026年7月～9月）",
        "髙﨑 様\n\n期限は10月15日です。\n.\nFrom here\n",
        "<p>髙﨑 様</p>",
        new DateTimeOffset(2026, 11, 2, 9, 5, 0, TimeSpan.FromHours(9)));

    private static ReadMail Read(OutgoingMail mail) => new(MimeText.Compose(mail));

    [Fact]
    public void A_japanese_mail_reads_back_as_written()
    {
        var read = Read(Mail);

        Assert.Equal("コンプライアンス事務局 <audit@hibari-net.example>", read.Headers["From"]);
        Assert.Equal("<help@hibari-net.example>", read.Headers["Reply-To"]);
        Assert.Equal("髙﨑 花子 <takasaki@hibari-net.example>", read.Headers["To"]);
        Assert.Equal(Mail.Subject, read.Headers["Subject"]);
        Assert.Equal("Mon, 02 Nov 2026 09:05:00 +0900", read.Headers["Date"]);
        Assert.Equal("<0197a1b2.request-17@audit.example>", read.Headers["Message-ID"]);
        Assert.Equal("auto-generated", read.Headers["Auto-Submitted"]);
        Assert.Equal("1.0", read.Headers["MIME-Version"]);
        Assert.Equal(["text/plain; charset=utf-8", "text/html; charset=utf-8"], read.Parts.Keys);
        Assert.Equal(Mail.Text.Replace("\n", "\r\n"), read.Parts["text/plain; charset=utf-8"]);
        Assert.Equal(Mail.Html, read.Parts["text/html; charset=utf-8"]);
    }

    [Theory]
    [InlineData("Plain subject")]
    [InlineData("")]
    [InlineData("A long plain subject that goes on and on until it does not fit on a single line any more, truly")]
    [InlineData("=?utf-8?B?44GC?= is not decoded")]
    [InlineData("ends with a space ")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀 絵文字")]
    public void Every_subject_reads_back(string subject) =>
        Assert.Equal(subject.Trim(), Read(Mail with { Subject = subject }).Headers["Subject"].Trim());

    [Fact]
    public void Every_length_of_subject_and_name_is_cut_between_characters()
    {
        for (var length = 1; length <= 120; length++)
        {
            var text = string.Concat(Enumerable.Range(0, length).Select(i => (i % 3) switch { 0 => "髙", 1 => "a", _ => "𠮷" }));
            var read = Read(Mail with { Subject = text, To = new Mailbox(text, "a@b.example") });
            Assert.Equal(text, read.Headers["Subject"]);
            Assert.Equal($"{text} <a@b.example>", read.Headers["To"]);
        }
    }

    [Theory]
    [InlineData("O'Neil, \"Bob\" \\ <x@y>", "\"O'Neil, \\\"Bob\\\" \\\\ <x@y>\" <a@xn--wgv71a.example>")]
    [InlineData("", "<a@xn--wgv71a.example>")]
    public void A_plain_name_is_quoted_and_a_japanese_domain_is_punycode(string name, string expected) =>
        Assert.Equal(expected, Read(Mail with { To = new Mailbox(name, "a@日本.example") }).Headers["To"]);

    public static TheoryData<string, OutgoingMail> Injections() => new()
    {
        { "Subject", Mail with { Subject = "a\r\nBcc: x@y.example" } },
        { "Subject", Mail with { Subject = "a\nb" } },
        { "Subject", Mail with { Subject = "a\0b" } },
        { "From", Mail with { From = Mail.From with { Name = "a\rb" } } },
        { "From", Mail with { From = Mail.From with { Address = "a@b.example\r\nBcc: x@y.example" } } },
        { "To", Mail with { To = Mail.To with { Name = "事\r\n務" } } },
        { "To", Mail with { To = Mail.To with { Address = "a@b.example>, <x@y.example" } } },
        { "To", Mail with { To = Mail.To with { Address = "a@b.example,x@y.example" } } },
        { "To", Mail with { To = Mail.To with { Address = "a b@c.example" } } },
        { "To", Mail with { To = Mail.To with { Address = "名@c.example" } } },
        { "To", Mail with { To = Mail.To with { Address = "nobody" } } },
        { "To", Mail with { To = Mail.To with { Address = "" } } },
        { "Reply-To", Mail with { ReplyTo = new Mailbox("", "a@") } },
        { "Message-ID", Mail with { MessageId = "a@b>\r\nX: y" } },
        { "Message-ID", Mail with { MessageId = "<a@b.example>" } },
    };

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task No_field_can_smuggle_in_another(string field, OutgoingMail mail)
    {
        var result = await new PickupFolder(folder).SendAsync(mail, default);

        Assert.StartsWith(field + ":", Assert.IsType<SendResult.Failed>(result).Reply);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task The_same_mail_twice_is_one_file()
    {
        var pickup = new PickupFolder(folder);

        Assert.IsType<SendResult.Accepted>(await pickup.SendAsync(Mail, default));
        var second = await new PickupFolder(folder).SendAsync(Mail with { Text = "changed" }, default);
        await pickup.SendAsync(Mail with { MessageId = "0197a1b2_request-17@audit.example" }, default);

        Assert.Contains("already", Assert.IsType<SendResult.Accepted>(second).Reply);
        Assert.Equal(2, Directory.GetFiles(folder).Length);
        Assert.Equal(MimeText.Compose(Mail), await File.ReadAllBytesAsync(Path.Combine(folder, PickupFolder.NameOf(Mail.MessageId))));
    }

    [Fact]
    public async Task A_mail_that_was_collected_is_not_left_again_until_its_ending_is_known()
    {
        Assert.False(new PickupFolder(folder).HasTaken(Mail.MessageId));
        await new PickupFolder(folder).SendAsync(Mail, default);
        File.Delete(Assert.Single(Directory.GetFiles(folder)));

        var next = new PickupFolder(folder);
        Assert.True(next.HasTaken(Mail.MessageId));
        Assert.IsType<SendResult.Accepted>(await next.SendAsync(Mail, default));
        Assert.Empty(Directory.GetFiles(folder));

        next.Forget(Mail.MessageId);
        Assert.False(next.HasTaken(Mail.MessageId));
        Assert.Empty(Directory.GetFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = default }));
    }

    /// <summary>What a killed worker leaves behind before the mail has its name: half a file, the whole mail, and the mail with the note of its name.</summary>
    [Theory]
    [InlineData("0123.tmp")]
    [InlineData("NAME.part")]
    [InlineData("NAME.part NAME.note")]
    public async Task A_mail_that_never_had_its_name_is_left_by_the_next_worker(string left)
    {
        var pickup = new PickupFolder(folder);
        foreach (var name in left.Split(' '))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, ".handed", name.Replace("NAME", PickupFolder.NameOf(Mail.MessageId), StringComparison.Ordinal)), "");
        }

        Assert.False(pickup.HasTaken(Mail.MessageId));
        Assert.IsType<SendResult.Accepted>(await pickup.SendAsync(Mail, default));
        Assert.Equal(MimeText.Compose(Mail), await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder))));
        Assert.True(pickup.HasTaken(Mail.MessageId));
    }

    [Fact]
    public async Task A_name_that_cannot_be_made_visible_is_tried_again_with_the_newer_mail()
    {
        var pickup = new PickupFolder(folder);
        var taken = Path.Combine(folder, PickupFolder.NameOf(Mail.MessageId));
        Directory.CreateDirectory(taken);
        Assert.IsType<SendResult.Deferred>(await pickup.SendAsync(Mail, default));
        Directory.Delete(taken);

        await pickup.SendAsync(Mail with { Text = "newer" }, default);
        Assert.Equal(MimeText.Compose(Mail with { Text = "newer" }), await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder))));
    }

    [Fact]
    public async Task Many_deliveries_of_one_mail_at_once_leave_one_whole_file()
    {
        var pickup = new PickupFolder(folder);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => pickup.SendAsync(Mail, default))));

        Assert.Equal(MimeText.Compose(Mail), await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder))));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_defers_and_a_cancelled_send_leaves_nothing()
    {
        var gone = Path.Combine(folder, "gone");
        var pickup = new PickupFolder(gone);
        Directory.Delete(gone, recursive: true);
        Assert.IsType<SendResult.Deferred>(await pickup.SendAsync(Mail, default));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new PickupFolder(folder).SendAsync(Mail, new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFiles(folder));
    }
}

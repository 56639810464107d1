using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Notifications;
using AuditTracker.Platform.Templates;

namespace AuditTracker.Tests.Notifications;

public sealed class WriteMailTests
{
    private static readonly WriteMail Writer = new(new Templates(Settings.Templates));
    private static readonly CompanyProfile Company = new() { NameJa = "試験株式会社", NameEn = "Test Inc.", SecretariatName = "事務局 鈴木", SecretariatContact = "内線1234" };
    private static readonly BusinessCalendar Calendar = new(4, [new Holiday(new DateOnly(2026, 11, 23), "勤労感謝の日", "Labor Thanksgiving Day")], [], [], new DateOnly(2027, 12, 31));

    [Fact]
    public void A_single_notice_is_its_own_mail()
    {
        var mail = Writer.Write(For("ja"), [Collection(1, "collection-due-soon", Urgency.DueSoon, "2026-11-27")]);

        Assert.StartsWith("【要対応】【期限11/27(金)】提出：アクセス権棚卸し", mail.Subject);
        Assert.EndsWith("｜試験株式会社", mail.Subject);
        Assert.Contains("相川 有栖 様", mail.Text);
        Assert.Contains("http://audit.test/evidence/collections/1", mail.Text);
        Assert.Contains("7～9月分", mail.Text);
        Assert.StartsWith("<!DOCTYPE html>", mail.Html);
        Assert.Contains("href=\"http://audit.test/evidence/collections/1?notice=1\"", System.Net.WebUtility.HtmlDecode(mail.Html));
    }

    [Fact]
    public void Several_notices_are_one_digest_the_most_urgent_first()
    {
        var mail = Writer.Write(For("ja"),
        [
            Collection(3, "collection-opened", Urgency.Opened, "2026-12-04"),
            Collection(2, "collection-returned", Urgency.Returned, "2026-11-25", ("comment", "件数の欄が空です。"), ("overdueDays", null)),
            Collection(1, "collection-overdue", Urgency.Overdue, "2026-10-15"),
        ]);

        Assert.Equal("【要対応】【期限11/25(水)】証跡の提出3件（うち1件は期限を過ぎています）｜試験株式会社", mail.Subject);
        var (late, returned, opened) = (mail.Text.IndexOf("1 期限超過", StringComparison.Ordinal), mail.Text.IndexOf("2 差戻し", StringComparison.Ordinal), mail.Text.IndexOf("3 ", mail.Text.IndexOf("2 差戻し", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.True(late > 0 && late < returned && returned < opened, mail.Text);
        Assert.Contains("3件、合わせて約60分", mail.Text);
        Assert.Contains("40日超過", mail.Html);
    }

    [Fact]
    public void A_digest_leaves_the_sum_out_when_somebody_did_not_say_how_long_it_takes()
    {
        var mail = Writer.Write(For("ja"), [Collection(1, "collection-opened", Urgency.Opened, "2026-12-04"), Collection(2, "collection-opened", Urgency.Opened, "2026-12-04", ("minutes", null))]);

        Assert.DoesNotContain("合わせて", mail.Text);
        Assert.DoesNotContain("期限を過ぎています", mail.Subject);
    }

    [Fact]
    public void A_digest_that_also_asks_for_reviews_does_not_call_them_evidence_to_hand_in()
    {
        var review = Collection(2, "collection-handed-in", Urgency.Other, null, ("submitterName", "佐藤 愛"), ("onBehalfOf", null), ("submittedAt", new DateTime(2026, 11, 24, 0, 4, 0, DateTimeKind.Utc)), ("late", false), ("dueOn", "2026-11-30"));

        var mail = Writer.Write(For("ja"), [Collection(1, "collection-opened", Urgency.Opened, "2026-12-04"), review]);

        Assert.Contains("お願い2件", mail.Subject);
        Assert.Contains("11月24日（火）09:04", Writer.Write(For("ja"), [review]).Text);
    }

    [Fact]
    public void Trainings_that_are_past_due_count_in_the_subject_of_a_digest()
    {
        var late = Training(2, "overdue", Urgency.Overdue, "2026-11-20", again: true);
        var others = Collection(3, "collection-overdue-manager", Urgency.Other, "2026-10-15", ("personTitle", null), ("departmentName", "第一部"), ("ownerName", "中村 太郎"));

        Assert.Equal("【要対応】【期限12/4(金)】お願い3件（うち1件は期限を過ぎています）｜試験株式会社", Writer.Write(For("ja"), [Collection(1, "collection-opened", Urgency.Opened, "2026-12-04"), late, others]).Subject);
        Assert.Equal("[Action by Fri 4 Dec] To do: 3 (2 past due) | Test Inc.", Writer.Write(For("en"), [Collection(1, "collection-opened", Urgency.Opened, "2026-12-04"), late, Collection(3, "collection-overdue", Urgency.Overdue, "2026-10-15")]).Subject);
    }

    [Fact]
    public void A_digest_says_again_when_everything_in_it_was_told_before()
    {
        var (late, soon) = (Training(1, "overdue", Urgency.Overdue, "2026-11-20", again: true), Training(2, "due-soon", Urgency.DueSoon, "2026-11-27", again: true));

        Assert.Equal("【再送】【要対応】【期限11/27(金)】お願い2件（期限超過1件）｜試験株式会社", Writer.Write(For("ja"), [late, soon]).Subject);
        Assert.StartsWith("[Again] [Action by Fri 27 Nov] To do: 2 (1 past due)", Writer.Write(For("en"), [late, soon]).Subject);
        Assert.StartsWith("【要対応】", Writer.Write(For("ja"), [late, soon, Training(3, "opened", Urgency.Opened, "2026-12-04", again: false)]).Subject);
    }

    [Fact]
    public void English_readers_get_English_words_and_dates()
    {
        var mail = Writer.Write(For("en"), [Collection(1, "collection-overdue", Urgency.Overdue, "2026-10-15"), Collection(2, "collection-opened", Urgency.Opened, "2026-12-04")]);

        Assert.Equal("[Action by Fri 4 Dec] Evidence to hand in: 2 (1 past due) | Test Inc.", mail.Subject);
        Assert.Contains("Jul–Sep 2026", mail.Text);
        Assert.DoesNotContain("月分", mail.Text);
        Assert.Contains("lang=\"en\"", mail.Html);
    }

    [Fact]
    public void A_mail_sent_again_says_so()
    {
        var mail = Writer.Write(For("ja") with { Again = true }, [Collection(1, "collection-due-soon", Urgency.DueSoon, "2026-11-27")]);

        Assert.StartsWith("【再送】", mail.Subject);
    }

    [Fact]
    public void A_reminder_is_sent_again_by_its_own_word() =>
        Assert.StartsWith("【再送】", Writer.Write(For("ja"), [Collection(1, "collection-due-soon", Urgency.DueSoon, "2026-11-27", ("again", true))]).Subject);

    [Fact]
    public void A_name_the_model_does_not_have_is_an_error()
    {
        var notice = new TellingNotice(1, "evidence/collection-opened", "collection:1", 4, new DateOnly(2026, 12, 4), """{"title":"アクセス権棚卸し"}""");

        Assert.Throws<TemplateException>(() => Writer.Write(For("ja"), [notice]));
        Assert.Throws<TemplateException>(() => Writer.Write(For("ja"), [notice with { Template = "evidence/no-such-mail" }]));
    }

    [Fact]
    public void Texts_of_people_cannot_write_markup()
    {
        var mail = Writer.Write(For("ja"), [Collection(1, "collection-returned", Urgency.Returned, "2026-11-25", ("comment", "<script>alert(1)</script>"), ("overdueDays", null))]);

        Assert.DoesNotContain("<script", mail.Html);
        Assert.Contains("<script>", mail.Text);
    }

    [Fact]
    public void A_minted_link_replaces_the_models_own_and_a_mask_stays_a_mask()
    {
        var invitation = new TellingNotice(7, "accounts/invitation", "invitation:7", 5, null, """{"signInName":"a@example.test","expiresOn":"2026-12-01","invitedBy":null}""");

        Assert.Contains("http://audit.test/join?token=abc", Writer.Write(For("ja"), [invitation], new Dictionary<long, string> { [7] = "/join?token=abc" }).Text);
        var masked = Writer.Write(For("ja"), [invitation], new Dictionary<long, string> { [7] = WriteMail.Mask });
        Assert.Contains(WriteMail.Mask, masked.Text);
        Assert.DoesNotContain("http", masked.Text);
    }

    [Theory]
    [InlineData("短い", "短い")]
    [InlineData("一二三四五六七八九十一二三四五", "一二三四五六七八九十一二三四五")]
    [InlineData("一二三四五六七八九十一二三四五六", "一二三四五六七八九十一二三四…")]
    [InlineData("𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷…")]
    public void Titles_in_subjects_are_cut_between_characters(string title, string shown) => Assert.Equal(shown, MailModel.Shorten(title, 15));

    /// <summary>Every mail of the shipped templates that goes out alone, with its optional values there and absent, in both languages.</summary>
    [Theory]
    [InlineData("ja", true)]
    [InlineData("ja", false)]
    [InlineData("en", true)]
    [InlineData("en", false)]
    public void Every_mail_can_be_written_with_and_without_what_is_optional(string language, bool full)
    {
        var optional = full ? "something" : null;
        (string, object?)[] everything =
        [
            ("minutes", full ? 20 : null), ("itemsInWordsJa", optional), ("itemsInWordsEn", optional), ("comment", "直してください"), ("personTitle", optional), ("departmentName", "第一部"), ("ownerName", "中村 太郎"),
            ("submitterName", "佐藤 愛"), ("onBehalfOf", optional), ("submittedAt", new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc)), ("late", full), ("sentAt", new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc)), ("transport", "folder"),
            ("signInName", "a@example.test"), ("expiresOn", "2026-12-01"), ("invitedBy", optional), ("validMinutes", 30), ("targetName", "佐藤 愛"), ("roleNameJa", "確認者"), ("roleNameEn", "Reviewer"), ("scopeName", optional),
            ("fromOn", "2026-11-24"), ("untilOn", full ? "2027-03-31" : null), ("grantedBy", "鈴木 一"), ("grantedAt", new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc)),
            ("newsJa", "パスワードが変わりました"), ("newsEn", "The password was changed"), ("byName", full ? "鈴木 一" : null), ("happenedAt", new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc)),
            ("waiver", full), ("askedOn", "2026-12-01"), ("askerName", "佐藤 愛"), ("waived", full), ("waiverDeclined", false), ("waiverUndone", false), ("dueMoved", !full), ("dueDeclined", false), ("dueBeforeOn", full ? null : "2026-10-15"),
            ("leaverName", "中村 太郎"), ("leftOn", "2026-11-30"), ("collections", full ? 2 : null), ("requests", full ? null : 3), ("reviewed", full ? 2 : null), ("waiting", full ? 1 : null),
            ("fileName", "一覧.xlsx"), ("found", "Eicar-Signature"), ("manager", full), ("again", !full), ("count", full ? 2 : null), ("joiner", full), ("everyone", !full), ("officer", !full), ("name", "中村 太郎"), ("open", full ? 1 : 3), ("completed", 5), ("total", 8), ("percent", 62),
            ("plan", full), ("report", !full), ("exemptions", full ? null : 2), ("said", "件名｜試験株式会社"), ("saidText", "本文"), ("saidHtml", "<p>本文</p>"), ("fault", "封印1の番号12が変わっています"), ("foundAt", new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc)),
        ];
        var folder = Path.Combine(Settings.Templates, "mail");
        var mails = Directory.EnumerateFiles(folder, "*.ja.text.hbs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)[..^".ja.text.hbs".Length].Replace('\\', '/')).Where(mail => mail != "notifications/digest").ToList();
        Assert.True(mails.Count >= 10);
        foreach (var mail in mails)
        {
            foreach (var due in new[] { "2026-11-20", "2026-11-24", "2026-11-27" })
            {
                var written = Writer.Write(For(language) with { Again = full }, [Collection(1, "", Urgency.Other, due, everything) with { Template = mail }]);
                Assert.NotEmpty(written.Subject);
                Assert.NotEmpty(written.Text);
            }
        }
    }

    private static MailContext For(string language) => new(Company, Calendar, new DateOnly(2026, 11, 24), "相川 有栖", language, "http://audit.test", false);

    private static TellingNotice Training(long id, string mail, Urgency urgency, string due, bool again) =>
        Collection(id, "", urgency, due, ("title", "個人情報保護教育 2026"), ("minutes", 15), ("joiner", false), ("again", again), ("link", $"/training/mine/{id}")) with { Template = $"training/{mail}", Subject = $"training:{id}" };

    private static TellingNotice Collection(long id, string mail, Urgency urgency, string? due, params (string Name, object? Value)[] more)
    {
        var model = new Dictionary<string, object?>
        {
            ["title"] = "アクセス権棚卸し（顧客DB・基幹）",
            ["period"] = new { from = "2026-07-01", to = "2026-09-30" },
            ["minutes"] = 20,
            ["reviewerName"] = "清水 誠",
            ["itemsInWordsJa"] = "27001とPマーク",
            ["itemsInWordsEn"] = "27001 and PrivacyMark",
            ["link"] = $"/evidence/collections/{id}",
        };
        foreach (var (name, value) in more)
        {
            model[name] = value;
        }
        return new TellingNotice(id, $"evidence/{mail}", $"collection:{id}", (int)urgency, due is null ? null : DateOnly.Parse(due), JsonSerializer.Serialize(model));
    }
}

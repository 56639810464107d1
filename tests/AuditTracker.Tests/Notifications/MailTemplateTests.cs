using HandlebarsDotNet;

namespace AuditTracker.Tests.Notifications;

/// <summary>Every mail template renders with exactly the model that <c>templates/mail/README.md</c> promises, in both languages.</summary>
public sealed class MailTemplateTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "templates", "mail");

    private static readonly Dictionary<string, object?> Common = new()
    {
        ["personName"] = "伊藤 <美咲>",
        ["company"] = "ひばりネット株式会社",
        ["secretariat"] = new Dictionary<string, object?> { ["name"] = "法務・コンプライアンス室", ["contact"] = "内線1234" },
        ["link"] = "https://example.test/evidence/collections/1",
        ["again"] = true,
    };

    private static readonly Dictionary<string, object?> Collection = new()
    {
        ["title"] = "アクセス権棚卸し（顧客DB・基幹）",
        ["period"] = "7～9月分",
        ["shortTitle"] = "アクセス権棚卸し（顧客DB…",
        ["dueOn"] = "10月15日（木）",
        ["dueOnShort"] = "10/15(木)",
        ["minutes"] = 20,
        ["reviewerName"] = "清水 誠",
        ["itemsInWords"] = "27001とPマーク",
        ["standsInFor"] = "髙﨑 <美咲>",
        ["rest"] = "大阪拠点の<一覧>",
        ["restByOn"] = "12月2日（水）",
    };

    private static readonly Dictionary<string, object?> Training = new()
    {
        ["title"] = "個人情報保護・情報セキュリティ教育 2026",
        ["shortTitle"] = "個人情報保護・情報セキュリテ…",
        ["dueOn"] = "11月30日（月）",
        ["dueOnShort"] = "11/30(月)",
        ["minutes"] = 15,
        ["joiner"] = false,
        ["everyone"] = true,
    };

    private static Dictionary<string, object?> Besides(string mail) => mail switch
    {
        "evidence/collection-opened" => Collection,
        "evidence/collection-due-soon" => With(Collection, ("daysLeft", 3)),
        "evidence/collection-overdue" => With(Collection, ("overdueDays", 40)),
        "evidence/collection-overdue-manager" => With(Collection, ("personTitle", null), ("departmentName", "法務・コンプライアンス室"), ("ownerName", "中村 太郎"), ("overdueDays", 40)),
        "evidence/collection-handed-in" => With(Collection, ("submitterName", "佐々木 美咲"), ("onBehalfOf", null), ("submittedAt", "10月14日（水）17:04"), ("late", false)),
        "evidence/collection-returned" => With(Collection, ("comment", "件数の欄が空です。"), ("overdueDays", null)),
        "evidence/collection-comment" or "evidence/collection-mention" => With(Collection, ("byName", "佐々木 美咲"), ("comment", "10月分も入っています。")),
        "evidence/collection-asked" => With(Collection, ("waiver", false), ("askedOn", "10月30日（金）"), ("askerName", "佐々木 美咲"), ("comment", "担当が休みです。")),
        "evidence/collection-answered" => With(Collection, ("waived", false), ("waiverDeclined", false), ("waiverUndone", false), ("dueMoved", false), ("dueDeclined", true), ("byName", "伊藤 愛"), ("comment", "年内にお願いします。"), ("dueBeforeOn", null)),
        "evidence/collection-no-deputy" => With(Collection, ("ownerName", "中村 太郎")),
        "evidence/collection-unowned" => With(Collection, ("ownerName", "中村 太郎")),
        "evidence/file-quarantined" => With(Collection, ("fileName", "一覧.csv"), ("found", "Eicar-Signature"), ("manager", true)),
        "evidence/leaver-handed-over" => new() { ["personTitle"] = null, ["leaverName"] = "中村 太郎", ["leftOn"] = "11月30日（月）", ["leftOnShort"] = "11/30(月)", ["collections"] = 2, ["requests"] = 3, ["minutes"] = 3 },
        "evidence/leaver-left-behind" => new() { ["leaverName"] = "中村 太郎", ["leftOn"] = "11月30日（月）", ["leftOnShort"] = "11/30(月)", ["requests"] = 3, ["reviewed"] = null, ["waiting"] = 1, ["minutes"] = 3 },
        "evidence/deputy-named" => new() { ["ownerName"] = "中村 太郎", ["byName"] = "中村 太郎", ["fromOn"] = "11月26日（木）", ["fromOnShort"] = "11/26(木)", ["untilOn"] = null, ["untilOnShort"] = null, ["minutes"] = null },
        "training/opened" or "training/overdue" => Training,
        "training/due-soon" => With(Training, ("daysLeft", 3)),
        "training/person-late" => With(Training, ("name", "伊藤 <美咲>"), ("departmentName", "営業部"), ("officer", false)),
        "training/numbers" => With(Training, ("departmentName", null), ("total", 118), ("completed", 83), ("open", 35), ("percent", 70)),
        "training/to-approve" => new() { ["title"] = "個人情報保護教育 2026", ["byName"] = "伊藤 <美咲>", ["plan"] = true, ["report"] = false, ["exemptions"] = null, ["dueOn"] = "11月30日（月）", ["dueOnShort"] = "11/30(月)", ["minutes"] = 3 },
        "notifications/digest" => new()
        {
            ["count"] = 3,
            ["overdueCount"] = 1,
            ["totalMinutes"] = 35,
            ["dueOnShort"] = "11/25(水)",
            ["onlyEvidence"] = true,
            ["entries"] = new[] { new Dictionary<string, object?> { ["number"] = 1, ["text"] = "期限超過 A & B", ["html"] = "<li>A &amp; B</li>" } },
        },
        "notifications/layout" => new() { ["subject"] = "件名", ["body"] = "<p>本文</p>" },
        "notifications/preview" => new() { ["said"] = "【要対応】差戻し：ログレビュー｜ひばりネット", ["saidText"] = "本文", ["saidHtml"] = "<p>本文</p>" },
        "notifications/test" => new() { ["sentAt"] = "11月24日（火）9:00", ["transport"] = "pickup" },
        "accounts/invitation" => new() { ["signInName"] = "ito@example.test", ["expiresOn"] = "12月1日（火）", ["invitedBy"] = null },
        "accounts/password-reset" or "accounts/sign-in-code" => new() { ["validMinutes"] = 30 },
        "accounts/security" => new() { ["news"] = "誤った入力が続き、サインインを15分間止めました", ["targetName"] = "伊藤 美咲", ["byName"] = null, ["happenedAt"] = "11月24日（火）9:00" },
        "accounts/trail-unsound" => new() { ["count"] = 2, ["fault"] = "記録 417 は封印したときのものではありません。", ["foundAt"] = "11月24日（火）9:00" },
        "accounts/role-granted" => new()
        {
            ["targetName"] = "伊藤 美咲",
            ["roleName"] = "確認者",
            ["scopeName"] = null,
            ["fromOn"] = "11月24日（火）",
            ["untilOn"] = null,
            ["grantedBy"] = "伊藤 愛",
            ["grantedAt"] = "11月24日（火）9:00",
        },
        _ => throw new InvalidOperationException($"{mail} has no model in README.md"),
    };

    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Root, "*.hbs", SearchOption.AllDirectories).Order())
        {
            data.Add(Path.GetRelativePath(Root, file).Replace('\\', '/'));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_template_renders_with_its_documented_model(string file)
    {
        var text = Render(file);

        Assert.NotEmpty(text.Trim());
        Assert.DoesNotContain("{{", text);
        Assert.DoesNotContain("\n\n\n", text);
        if (file.EndsWith(".html.hbs") || file.EndsWith(".row.hbs"))
        {
            Assert.DoesNotContain("<美咲>", text);
            Assert.DoesNotContain("style=", text);
        }

        if (file.EndsWith(".subject.hbs") || file.EndsWith(".line.hbs"))
        {
            Assert.DoesNotContain('\n', text);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_Japanese_subject_has_at_most_40_characters_before_the_company(string file)
    {
        if (!file.EndsWith(".ja.subject.hbs"))
        {
            return;
        }

        var subject = Render(file);

        Assert.Contains('｜', subject);
        Assert.InRange(subject.IndexOf('｜'), 1, 40);
    }

    [Fact]
    public void Every_mail_is_written_in_both_languages_with_every_part()
    {
        var files = Directory.EnumerateFiles(Root, "*.hbs", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).ToHashSet();

        foreach (var mail in files.Select(f => f[..f.IndexOf('.')]).Distinct())
        {
            string[] parts = mail.EndsWith("layout") ? ["html"] : mail.StartsWith("evidence/") || mail.StartsWith("training/") ? ["subject", "text", "html", "line", "row"] : ["subject", "text", "html"];
            foreach (var language in new[] { "ja", "en" })
            {
                foreach (var part in parts)
                {
                    Assert.Contains($"{mail}.{language}.{part}.hbs", files);
                }
            }
        }
    }

    /// <summary>A template with the values of its documentation.</summary>
    public static string Render(string file)
    {
        var html = file.EndsWith(".html.hbs") || file.EndsWith(".row.hbs");
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { ThrowOnUnresolvedBindingExpression = true, NoEscape = !html });
        return handlebars.Compile(File.ReadAllText(Path.Combine(Root, file)))(With(Common, [.. Besides(file[..file.IndexOf('.')]).Select(p => (p.Key, p.Value))]));
    }

    private static Dictionary<string, object?> With(Dictionary<string, object?> model, params (string Name, object? Value)[] more)
    {
        var all = new Dictionary<string, object?>(model);
        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return all;
    }
}

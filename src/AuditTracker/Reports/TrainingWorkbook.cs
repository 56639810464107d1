using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Workbooks;
using AuditTracker.Training;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports;

/// <summary>
/// The papers of a campaign as one workbook: 教育実施サマリー (domain.md §3.3), roster, follow-up list, material and questions. Built from the rows as of an instant, so the same
/// cut-off gives the same numbers again.
/// </summary>
public sealed class TrainingWorkbook(Db db, CampaignFacts facts, IStringLocalizerFactory words)
{
    private const int Columns = 4;

    /// <summary>教育実施サマリー_個人情報保護教育 2026_20261221.xlsx.</summary>
    public static string FileName(string title, DateTime asOf, IStringLocalizer t) => $"{t["TrainingTitle"].Value}_{title}_{JapanTime.DateOf(asOf).ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.xlsx";

    /// <returns>The file's name.</returns>
    public async Task<string> WriteAsync(long campaignId, DateTime asOf, string language, Stream output, CancellationToken ct)
    {
        (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (CultureInfo.GetCultureInfo(language), CultureInfo.InvariantCulture); // ends with this method: cultures flow like a task
        var (t, states) = (words.Create(typeof(Words)), words.Create(typeof(Platform.Web.Words)));
        CompanyProfile company;
        await using (var connection = await db.OpenAsync(ct))
        {
            company = await CompanyStore.LoadAsync(connection, ct);
        }
        using var eras = EraDates.Use(company.EraDates);
        var campaign = await facts.CampaignAsync(campaignId, ct) ?? throw new InvalidOperationException($"There is no campaign {campaignId}.");
        var course = await facts.CourseAsync(campaign, ct);
        var properties = new WorkbookProperties($"{t["TrainingTitle"].Value} {campaign.Title}", company.NameIn(language), asOf) { Words = language == "en" ? WorkbookWords.English : WorkbookWords.Japanese, EraDates = company.EraDates && language != "en" };
        using var hash = new DataHash();
        hash.Line("audit-tracker", CloseCampaign.Report, campaign.Course, await facts.SourceAsync(campaign, ct), campaign.OpensOn, campaign.DueOn, campaign.CutoffOn, asOf);
        await using var workbook = await WorkbookWriter.CreateAsync(output, properties, ct);
        SheetSetup Register(string name, int tab, params double[] widths) => new(t[name])
        {
            Columns = widths,
            FrozenRows = 1,
            FrozenColumns = 3,
            RepeatedRows = (1, 1),
            FilterRow = 1,
            TabOrder = tab,
            HeaderLeft = $"{campaign.Title} · {t[name].Value}",
            HeaderRight = $"{t["Cutoff"].Value} {DateText.Moment(asOf, language)}",
            FooterLeft = company.NameIn(language),
            FooterRight = EvidenceWorkbook.Generator,
        };
        await RosterAsync(workbook, Register("SheetRoster", 2, 6, 12, 16, 24, 12, 18, 14, 12, 8, 8, 12, 16), t, states, campaign, asOf, hash, ct);
        await FollowUpsAsync(workbook, Register("SheetFollowUps", 3, 6, 12, 16, 24, 16, 30, 12, 12, 12, 12, 10), t, states, campaign, asOf, ct);
        await MaterialAsync(workbook, Register("SheetMaterial", 4, 6, 30, 100), t, course, language);
        await QuestionsAsync(workbook, Register("SheetQuestions", 5, 8, 22, 50, 60, 30, 50, 8, 10), t, course, language, await facts.QuestionsAsync(campaignId, asOf, ct), hash);
        await SummaryAsync(workbook, t, company, campaign, course, asOf, language, hash, ct);
        await workbook.CompleteAsync();
        return FileName(campaign.Title, asOf, t);
    }

    private static async Task HeadAsync(SheetWriter sheet, IStringLocalizer t, params string[] heads)
    {
        await sheet.RowAsync();
        foreach (var head in heads)
        {
            sheet.Text(t[head], CellStyle.Heading);
        }
    }

    private static string State(IStringLocalizer t, IStringLocalizer states, FactRow row) => row.Standing == "exempt" ? t["TrainingReason" + Pascal(row.Reason ?? "other")].Value : states[Platform.Web.States.Of("training." + row.Standing).WordKey].Value;

    private static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private async Task RosterAsync(WorkbookWriter workbook, SheetSetup setup, IStringLocalizer t, IStringLocalizer states, Campaign campaign, DateTime asOf, DataHash hash, CancellationToken ct)
    {
        var sheet = await workbook.BeginSheetAsync(setup);
        await HeadAsync(sheet, t, "No", "EmployeeNo", "PersonName", "Department", "EmploymentType", "State", "TrainingHow", "CompletedOn", "Score", "Attempts", "DueOn", "RecordNo");
        var number = 0;
        await foreach (var row in facts.RowsAsync(campaign.Id, asOf, ct))
        {
            await sheet.RowAsync();
            sheet.Number(++number);
            sheet.Text(row.EmployeeNo, CellStyle.Code);
            sheet.Text(row.Name);
            sheet.Text(row.Department);
            sheet.Text(row.EmploymentType);
            sheet.Text(State(t, states, row), row.Standing == "completed" ? CellStyle.Done : row.Standing == "exempt" ? CellStyle.Wait : CellStyle.Late);
            sheet.Text(row.How is { } how ? t["TrainingHow" + Pascal(how)].Value : null);
            sheet.Date(row.CompletedOn);
            sheet.Number(row.Score);
            sheet.Number(row.Attempts);
            sheet.Date(row.DueOn);
            sheet.Text(row.Standing == "completed" ? row.Number(campaign) : null, CellStyle.Code);
            hash.Line("person", row.EmployeeNo, row.Standing, row.Reason, row.How, row.CompletedAt, row.CompletedOn, row.Score, row.Attempts, row.DueOn);
        }
    }

    /// <summary>Those who were not done by their first due date, and how it ended.</summary>
    private async Task FollowUpsAsync(WorkbookWriter workbook, SheetSetup setup, IStringLocalizer t, IStringLocalizer states, Campaign campaign, DateTime asOf, CancellationToken ct)
    {
        var sheet = await workbook.BeginSheetAsync(setup);
        await HeadAsync(sheet, t, "No", "EmployeeNo", "PersonName", "Department", "State", "Circumstances", "ValidFrom", "ValidTo", "FollowUpDue", "CompletedOn", "TimesTold");
        var number = 0;
        await foreach (var row in facts.RowsAsync(campaign.Id, asOf, ct))
        {
            if (row.Standing == "completed" && row.CompletedOn <= row.FirstDueOn)
            {
                continue;
            }
            await sheet.RowAsync();
            sheet.Number(++number);
            sheet.Text(row.EmployeeNo, CellStyle.Code);
            sheet.Text(row.Name);
            sheet.Text(row.Department);
            sheet.Text(State(t, states, row));
            sheet.Text(row.Detail);
            sheet.Date(row.FromOn);
            sheet.Date(row.ToOn);
            sheet.Date(row.DueOn > row.FirstDueOn ? row.DueOn : null);
            sheet.Date(row.CompletedOn);
            sheet.Number(row.Told);
        }
        if (number == 0)
        {
            await sheet.RowAsync();
            sheet.Skip(3);
            sheet.Text(t["Nothing"]);
        }
    }

    private static async Task MaterialAsync(WorkbookWriter workbook, SheetSetup setup, IStringLocalizer t, Course course, string language)
    {
        var sheet = await workbook.BeginSheetAsync(setup with { FrozenColumns = 0 });
        await HeadAsync(sheet, t, "PageNo", "ContentsShown", "MaterialText");
        foreach (var (page, index) in course.Pages.Select((page, index) => (page, index)))
        {
            await sheet.RowAsync();
            sheet.Number(index + 1);
            sheet.Text(string.Join('\n', page.Shows.Select(content => t["Content" + Pascal(content)].Value)));
            sheet.Text(page.Text(language));
        }
    }

    private static async Task QuestionsAsync(WorkbookWriter workbook, SheetSetup setup, IStringLocalizer t, Course course, string language, IReadOnlyList<QuestionFacts> fared, DataHash hash)
    {
        var sheet = await workbook.BeginSheetAsync(setup with { FrozenColumns = 1 });
        await HeadAsync(sheet, t, "QuestionNo", "ContentsShown", "QuestionText", "ChoicesText", "RightChoices", "QuestionExplanation", "TimesAsked", "ShareRight");
        foreach (var question in course.Questions)
        {
            var text = question.Text(language);
            var how = fared.FirstOrDefault(row => row.Question == question.Id);
            await sheet.RowAsync();
            sheet.Text(question.Id, CellStyle.Code);
            sheet.Text(question.Shows is { } content ? t["Content" + Pascal(content)].Value : null);
            sheet.Text(text.Text);
            sheet.Text(string.Join('\n', text.Choices.Select((choice, index) => $"{Question.Letter(index)}) {choice}")));
            sheet.Text(string.Join('\n', question.Right.Select(letter => $"{letter}) {text.Choices[letter[0] - 'a']}")));
            sheet.Text(text.Explanation);
            sheet.Number(how?.Asked ?? 0);
            sheet.Number(how is null ? null : Math.Floor(100m * how.Right / how.Asked) / 100m, CellStyle.Percent);
            hash.Line("question", question.Id, how?.Asked ?? 0, how?.Right ?? 0);
        }
    }

    private async Task SummaryAsync(WorkbookWriter workbook, IStringLocalizer t, CompanyProfile company, Campaign campaign, Course course, DateTime asOf, string language, DataHash hash, CancellationToken ct)
    {
        var numbers = await facts.NumbersAsync(campaign.Id, asOf, ct);
        var totals = await facts.TotalsAsync(campaign.Id, asOf, ct);
        var types = await facts.TypesAsync(campaign.Id, asOf, ct);
        hash.Line("numbers", numbers.Total, numbers.Completed, numbers.Retake, numbers.InProgress, numbers.NotStarted, numbers.Leave, numbers.Left, numbers.Leaving, numbers.Away, numbers.Other);
        var sheet = await workbook.BeginSheetAsync(new SheetSetup(t["SheetTrainingSummary"]) { Columns = [26, 24, 24, 24], Portrait = true, TabOrder = 1, FooterLeft = company.NameIn(language), FooterRight = EvidenceWorkbook.Generator });
        await sheet.RowAsync(22);
        sheet.TextAcross(t["TrainingTitle"], Columns, CellStyle.Title);
        await sheet.RowAsync();
        sheet.TextAcross($"{company.NameIn(language)}　{campaign.Title}", Columns, CellStyle.Subtitle);
        await sheet.RowAsync(8);
        string D(DateOnly day) => DateText.Full(day, language);
        string Stamp(string? who, DateTime? at) => at is { } instant ? $"{who} {DateText.Moment(instant, language)}" : "";
        var reasons = new[] { ("leave", numbers.Leave), ("left", numbers.Left), ("leaving", numbers.Leaving), ("away", numbers.Away), ("other", numbers.Other) }.Where(pair => pair.Item2 > 0)
            .Select(pair => $"{t["TrainingReason" + Pascal(pair.Item1)].Value} {pair.Item2}").ToList();
        foreach (var (label, value) in new (string, string)[]
        {
            ("TrainingKind", $"{campaign.Title}（{t["TrainingKind" + Pascal(campaign.Kind)].Value}）"),
            ("TrainingWindow", $"{D(campaign.OpensOn)} ～ {D(campaign.DueOn)}"),
            ("RosterCutoff", D(campaign.CutoffOn)),
            ("TrainingHow", t["TrainingHowCounts", totals.Online, totals.Session, totals.Paper]),
            ("PeopleTotal", t["PeopleCount", numbers.Total]),
            ("PeopleCompleted", t["PeopleCount", numbers.Completed]),
            ("PeopleNot", reasons.Count + numbers.Unexplained == 0 ? t["PeopleCount", 0] : t["PeopleNotCount", numbers.NotCompleted, string.Join("、", reasons), numbers.Unexplained]),
            ("FollowedUp", t["PeopleCount", totals.Late]),
            ("TrainingMaterial", t["TrainingMaterialVersion", course.Title(language), campaign.CourseVersion, await facts.SourceAsync(campaign, ct)]),
            ("TrainingContents", string.Join('\n', Course.Contents.Zip("abcd").Select(pair => course.Shown(pair.First) is var (pages, questions) ? $"{pair.Second}) {t["Content" + Pascal(pair.First)].Value}：{t["ContentWhere", string.Join("、", pages), questions].Value}" : ""))),
            ("UnderstandingHow", t["UnderstandingTest", course.Drawn, course.Questions.Count, course.PassMark]),
            ("UnderstandingResult", t["UnderstandingCounts", numbers.Completed, totals.Retaken, totals.Tests, totals.AverageScore is { } average ? average.ToString("0.0", CultureInfo.InvariantCulture) : "－"]),
            ("TrainingResponsible", campaign.Responsible),
            ("TrainingPurpose", campaign.Purpose.Length > 0 ? campaign.Purpose : t["Nothing"]),
            ("PlanApproved", t["MadeAndApproved", Stamp(campaign.By, campaign.At), Stamp(campaign.ApprovedBy, campaign.ApprovedAt)]),
            ("TrainingReport", campaign.Report),
            ("ReportApproved", t["MadeAndApproved", Stamp(campaign.ReportedBy, campaign.ReportedAt), Stamp(campaign.ClosedBy, campaign.ClosedAt)]),
            ("Cutoff", DateText.Moment(asOf, language)),
            ("DataSha256", hash.Sha256()),
        })
        {
            await sheet.RowAsync();
            sheet.Text(t[label], CellStyle.Label);
            sheet.TextAcross(value, Columns - 1, label == "DataSha256" ? CellStyle.Hash : CellStyle.Text);
        }
        await sheet.RowAsync(8);
        await HeadAsync(sheet, t, "EmploymentType", "PeopleTotal", "PeopleCompleted", "PeopleNot");
        foreach (var part in types)
        {
            await sheet.RowAsync();
            sheet.Text(part.Name.Length > 0 ? part.Name : t["Unknown"]);
            sheet.Number(part.Total);
            sheet.Number(part.Completed);
            sheet.Number(part.Unexplained + part.Exempt);
        }
        await sheet.RowAsync();
        sheet.Text(t["Total"], CellStyle.Label);
        sheet.Number(types.Sum(part => part.Total));
        sheet.Number(types.Sum(part => part.Completed));
        sheet.Number(types.Sum(part => part.Unexplained + part.Exempt));
    }
}

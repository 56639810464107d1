using System.Net;
using System.IO.Compression;
using System.Text;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>Courses made and changed on pages: drafts, checks, immutable versions, pictures, and files of one's own.</summary>
public sealed class EditCourseTests : IAsyncLifetime
{
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private readonly School school = new();

    private TestDatabase Database => school.Database;

    public Task InitializeAsync() => school.InitializeAsync();

    public Task DisposeAsync() => school.DisposeAsync();

    private T Get<T>() where T : notnull => school.App.Get<T>();

    private EditCourse Edit => Get<EditCourse>();

    private static string Words(Course course) => string.Join(' ', CourseCheck.Of(course).Select(problem => problem.ToString()));

    private async Task<Course> ShippedAsync() => (await Get<CourseStore>().FindAsync("all-staff", 1, default))!;

    private async Task<Draft> DraftAsync(string key = "all-staff") => (await Edit.FindAsync(School.Manager, key, default))!;

    private async Task<UploadedFile> FileAsync(string name, byte[] bytes) => new("file", name, MediaTypes.Of(name), await Get<BlobStore>().SaveAsync(new MemoryStream(bytes), 1 << 20, default));

    [Fact]
    public async Task A_course_is_made_page_by_page_and_question_by_question_checked_and_published_and_taken()
    {
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostFormAsync("/training/courses/new", null, ("Input.Key", "Not a key"), ("Input.TitleJa", "x"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostFormAsync("/training/courses/new", null, ("Input.Key", "all-staff"), ("Input.TitleJa", "x"))).StatusCode);
        Assert.Equal("/training/courses/incident-2027/edit", (await manager.PostFormAsync("/training/courses/new", null, ("Input.Key", "incident-2027"), ("Input.TitleJa", "誤送信を防ぐ"), ("Input.TitleEn", "Wrong recipients"))).Headers.Location!.OriginalString);
        const string at = "/training/courses/incident-2027/edit";
        async Task<string> VersionAsync() => $"{(await DraftAsync("incident-2027")).Version}";
        async Task SaveAsync(string path, params (string, string)[] fields)
        {
            var answer = await manager.PostFormAsync(path, null, [.. fields, ("Version", await VersionAsync())]);
            Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.TextAsync());
        }
        Assert.Contains("公開の前に", await PageForms.PageAsync(manager, at));
        await SaveAsync(at, ("Input.TitleJa", "誤送信を防ぐ"), ("Input.TitleEn", "Wrong recipients"), ("Input.AudienceJa", "全員"), ("Input.AudienceEn", "Everyone"), ("Input.Minutes", "１０"), ("Input.Drawn", "4"), ("Input.PassMark", "80"), ("Input.Items", "pmark-jisq15001-2023:J.4.3\r\n"));
        await SaveAsync($"{at}/pages/1", ("Input.Ja", "# 送る前に\n\n---\n\n宛先を見る"), ("Input.En", "# Before sending"), ("Input.Shows", "policy"), ("Input.Shows", "merits"));
        await SaveAsync($"{at}/pages/2", ("Input.Ja", "# 送ったあと"), ("Input.En", "# After"), ("Input.Shows", "roles"), ("Input.Shows", "results"), ("Input.LinkJa", "https://www.ppc.go.jp/"));
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.PostFormAsync($"{at}/pages/2", null, ("Input.Ja", "失わない文"), ("Input.LinkJa", "javascript:alert(1)"), ("Version", await VersionAsync()))).StatusCode);
        foreach (var content in Course.Contents)
        {
            await SaveAsync($"{at}/questions/new", ("Input.TextJa", $"問い {content}"), ("Input.TextEn", $"Question {content}"), ("Input.Choices[0].Ja", "はい"), ("Input.Choices[0].En", "Yes"), ("Input.Choices[0].IsRight", "true"),
                ("Input.Choices[1].Ja", ""), ("Input.Choices[2].Ja", "いいえ"), ("Input.Choices[2].En", "No"), ("Input.ExplanationJa", "そうです"), ("Input.ExplanationEn", "It is"), ("Input.Shows", content), ("Input.Page", "2"));
        }
        // What was written for an older state of the draft is refused and kept on the page.
        var stale = await manager.PostFormAsync($"{at}/pages/1", null, ("Input.Ja", "古い画面の文"), ("Version", "1"));
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Contains("古い画面の文", await stale.TextAsync());
        Assert.Equal("", Words((await DraftAsync("incident-2027")).Course));
        var preview = await PageForms.PageAsync(manager, "/training/courses/incident-2027/preview?draft=true&p=1");
        Assert.Contains("宛先を見る", preview);
        Assert.Contains("1 / 2枚", preview);
        Assert.Contains("href=\"https://www.ppc.go.jp/\"", await PageForms.PageAsync(manager, "/training/courses/incident-2027/preview?draft=true&p=2"));
        Assert.Contains("正解です", await PageForms.PageAsync(manager, "/training/courses/incident-2027/preview?draft=true&q=1&Chosen=a"));
        Assert.Equal("/training/courses/incident-2027", (await manager.PostFormAsync(at, $"{at}?handler=publish", ("Version", await VersionAsync()))).Headers.Location!.OriginalString);
        Assert.Null(await Edit.FindAsync(School.Manager, "incident-2027", default));
        var id = await school.RunAsync(School.Plan("incident", course: "incident-2027", audience: new(false, [], [], [Cast.Alice.EmployeeNo])));
        Assert.True(await school.TakeAsync(Cast.Alice, id));
        // A start with the shipped files takes nothing back.
        Assert.Equal(0, await Get<LoadCourses>().RunAsync());
    }

    [Fact]
    public async Task A_published_version_stays_as_it_was_and_a_running_campaign_keeps_its_own()
    {
        var id = await school.RunAsync(School.Plan(audience: new(false, [], [], [Cast.Alice.EmployeeNo])));
        await Edit.OpenAsync(School.Manager, await ShippedAsync(), 1);
        await Edit.OpenAsync(School.Manager, await ShippedAsync(), 1);
        await Edit.ChangeAsync(School.Manager, "all-staff", 1, course => course with { PassMark = 100 });
        Assert.Equal("DraftChanged", (await Assert.ThrowsAsync<Refusal>(() => Edit.ChangeAsync(School.Manager, "all-staff", 1, course => course))).Key);
        Assert.Equal(2, await Edit.PublishAsync(School.Manager, "all-staff", 2));
        Assert.Equal((80, 100), ((await ShippedAsync()).PassMark, (await Get<CourseStore>().FindAsync("all-staff", 2, default))!.PassMark));
        var taking = (await Get<TakeTraining>().FindAsync(School.As(Cast.Alice), await school.RosterAsync(id, Cast.Alice), default))!;
        Assert.Equal((1, 80), (taking.CourseVersion, (await Get<TakeTraining>().CourseAsync(taking, default)).PassMark));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () =>
        {
            await using var work = await Database.BeginAsync();
            await work.ExecuteAsync("update training_course_versions set pass_mark = 1");
        });
        // Files of a later release do not replace what the office has made of the course.
        Assert.Equal(0, await Get<LoadCourses>().RunAsync());
        Assert.Equal(2, (await Get<CourseStore>().NewestAsync(default)).Single(course => course.Key == "all-staff").Version);
    }

    [Fact]
    public async Task Only_a_manager_edits_and_what_is_not_whole_is_not_published()
    {
        foreach (var user in new[] { School.Top, AuditTracker.Tests.Evidence.Desk.User(Cast.Alice) })
        {
            await Assert.ThrowsAsync<NotFound>(() => Edit.AddAsync(user, "another", "x", ""));
            Assert.Null(await Edit.FindAsync(user, "all-staff", default));
        }
        await Edit.AddAsync(School.Manager, "another", "別の教材", "");
        Assert.Empty(await Edit.ListAsync(School.Top, default));
        await Assert.ThrowsAsync<NotFound>(() => Edit.PublishAsync(School.Top, "another", 1));
        Assert.Equal("CourseNotReady", (await Assert.ThrowsAsync<Refusal>(() => Edit.PublishAsync(School.Manager, "another", 1))).Key);
        Assert.Contains("CheckPageEmpty 1", Words((await DraftAsync("another")).Course));
        await Edit.DiscardAsync(School.Manager, "another", 1);
        Assert.Null(await Edit.FindAsync(School.Manager, "another", default));
    }

    [Theory]
    [InlineData("noEnglish", "CheckTitleEnglish")]
    [InlineData("explanation", "CheckQuestionExplanation q01")]
    [InlineData("right", "CheckQuestionRight q01")]
    [InlineData("choices", "CheckQuestionChoices q01")]
    [InlineData("english", "CheckPageEnglish 1")]
    [InlineData("content", "CheckContentPage policy")]
    [InlineData("picture", "CheckPagePicture 1 gone.png")]
    [InlineData("link", "CheckPageLink 1")]
    [InlineData("pdf", "CheckPageFile 1 gone.pdf")]
    public async Task Each_thing_that_is_missing_is_said(string what, string problem)
    {
        var course = await ShippedAsync();
        Assert.Empty(CourseCheck.Of(course));
        var (page, question) = (course.Pages[0], course.Find("q01"));
        Course WithPage(MaterialPage changed) => course.WithPage(1, changed);
        Course WithQuestion(Question changed) => course.WithQuestion("q01", changed);
        var broken = what switch
        {
            "noEnglish" => course with { TitleEn = "" },
            "explanation" => WithQuestion(question with { Ja = question.Ja with { Explanation = "" } }),
            "right" => WithQuestion(question with { Right = [] }),
            "choices" => WithQuestion(question with { En = question.En with { Choices = ["one", "two"] } }),
            "english" => WithPage(page with { En = " " }),
            "content" => course with { Pages = [.. course.Pages.Select(each => each with { Shows = [.. each.Shows.Where(content => content != "policy")] })] },
            "picture" => WithPage(page with { Ja = "![図](gone.png)" }),
            "link" => WithPage(page with { LinkEn = "ftp://example.test" }),
            _ => WithPage(page with { FileJa = "gone.pdf" }),
        };
        Assert.Contains(problem, Words(broken));
        // A reason stands in the place of English.
        var japanese = course with { TitleEn = "", AudienceEn = "", NoEnglish = "全員が日本語を読むため", Pages = [.. course.Pages.Select(each => each with { En = "" })], Questions = [.. course.Questions.Select(each => each with { En = QuestionText.None })] };
        Assert.Empty(CourseCheck.Of(japanese));
        Assert.Equal((course.TitleJa, page.Ja, question.Ja.Text), (japanese.Title("en"), japanese.Pages[0].Text("en"), japanese.Find("q01").Text("en").Text));
    }

    [Fact]
    public async Task Pictures_are_looked_into_shown_to_those_who_take_the_course_and_to_nobody_else()
    {
        await Edit.OpenAsync(School.Manager, await ShippedAsync(), 1);
        Assert.Equal("FileOtherContent", (await Assert.ThrowsAnyAsync<Refusal>(async () => await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("not.png", "no picture at all"u8.ToArray())]))).Key);
        Assert.Equal("MediaKind", (await Assert.ThrowsAnyAsync<Refusal>(async () => await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("drawing.svg", "<svg/>"u8.ToArray())]))).Key);
        await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("図 (1).png", Png)]);
        await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("図 (1).png", Png)]);
        await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("図 (1).png", [.. Png, 0])]);
        Assert.Equal(["図-1-.png", "図-1--2.png"], (await DraftAsync()).Course.Media!.Select(media => media.Name).OrderBy(name => name.Length));
        Assert.Equal(2, await Database.ScalarAsync<long>("select count(*) from blob_scans"));
        await Edit.ChangeAsync(School.Manager, "all-staff", 1, course => course.WithPage(1, course.Pages[0] with { Ja = "# 図\n\n![流れ](図-1-.png)\n\n![外](https://evil.test/x.png) <b>太字</b>" }));
        Assert.Equal("CourseNotReady", (await Assert.ThrowsAsync<Refusal>(() => Edit.PublishAsync(School.Manager, "all-staff", 2))).Key);
        await Edit.ChangeAsync(School.Manager, "all-staff", 2, course => course.WithPage(1, course.Pages[0] with { Ja = "# 図\n\n![流れ](図-1-.png) <b>太字</b>" }));
        await Edit.PublishAsync(School.Manager, "all-staff", 3);
        Assert.Equal(["図-1-.png"], (await Get<CourseStore>().FindAsync("all-staff", 2, default))!.Media!.Select(media => media.Name));

        var id = await school.RunAsync(School.Plan(audience: new(false, [], [], [Cast.Alice.EmployeeNo])));
        var roster = await school.RosterAsync(id, Cast.Alice);
        var alice = await school.App.PagesAsAsync(Cast.Alice);
        var page = await alice.GetStringAsync($"/training/mine/{roster}?p=1");
        Assert.Contains("&lt;b&gt;", page);
        var picture = $"/training/mine/{roster}?handler=media&name={Uri.EscapeDataString("図-1-.png")}";
        var shown = await alice.GetAsync(picture);
        Assert.Equal((HttpStatusCode.OK, "image/png"), (shown.StatusCode, shown.Content.Headers.ContentType!.MediaType));
        Assert.Equal(HttpStatusCode.NotFound, (await alice.GetAsync($"/training/mine/{roster}?handler=media&name={Uri.EscapeDataString("図-1--2.png")}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await school.App.PagesAsAsync(Cast.Bob)).GetAsync(picture)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await school.App.Anonymous().GetAsync(picture)).StatusCode);
        // What a scanner found goes to nobody.
        await Database.ArrangeAsync("insert into quarantines (sha256, found, signatures, found_at) select sha256, 'Eicar', '1', now() from training_media");
        Assert.Equal(HttpStatusCode.Conflict, (await alice.GetAsync(picture)).StatusCode);
    }

    [Fact]
    public async Task A_course_goes_out_as_a_file_and_comes_back_the_same_with_its_pictures()
    {
        await Edit.OpenAsync(School.Manager, await ShippedAsync(), 1);
        await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("flow.png", Png), await FileAsync("rules.pdf", "%PDF-1.4\n%%EOF\n"u8.ToArray())]);
        await Edit.ChangeAsync(School.Manager, "all-staff", 1, course => (course with { IsFixed = true, NoEnglish = "検証: \"引用\" と #" }).WithPage(1, course.Pages[0] with { Ja = "![流れ](flow.png)", FileJa = "rules.pdf", LinkEn = "https://example.test/?a=1&b=2" }).WithPage(2, new(["policy"], "", "", "rules.pdf")));
        await Edit.PublishAsync(School.Manager, "all-staff", 2);
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        var first = await manager.GetByteArrayAsync("/training/courses/all-staff?handler=export&version=2");
        Assert.Equal(first, await manager.GetByteArrayAsync("/training/courses/all-staff?handler=export&version=2"));
        using (var zip = new ZipArchive(new MemoryStream(first)))
        {
            Assert.Equal(["all-staff/course.yaml", "all-staff/material.en.md", "all-staff/material.ja.md", "all-staff/media/flow.png", "all-staff/media/rules.pdf", "all-staff/questions.yaml"], zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        }
        var published = (await Get<CourseStore>().FindAsync("all-staff", 2, default))!;
        var (read, media) = await Get<CourseArchive>().ReadAsync(new MemoryStream(first), default);
        await Edit.TakeInAsync(School.Manager, read, media);
        var draft = await DraftAsync();
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(published), System.Text.Json.JsonSerializer.Serialize(draft.Course));
        Assert.Equal(2, draft.BasedOn);
        Assert.Equal("DraftExists", (await Assert.ThrowsAsync<Refusal>(() => Edit.TakeInAsync(School.Manager, read, media))).Key);
        // Every shipped course survives the way out and in.
        foreach (var key in new[] { "all-staff", "new-joiners" })
        {
            var course = (await Get<CourseStore>().FindAsync(key, 1, default))!;
            Assert.Equal(System.Text.Json.JsonSerializer.Serialize(course), System.Text.Json.JsonSerializer.Serialize(CourseFile.Parse(key, CourseFile.Write(course))));
        }
    }

    [Fact]
    public async Task A_file_that_is_no_course_is_refused_in_words_and_another_content_under_a_known_name_gets_a_name_of_its_own()
    {
        var archive = Get<CourseArchive>();
        async Task<string> RefusedAsync(byte[] bytes) => (await Assert.ThrowsAnyAsync<Refusal>(() => archive.ReadAsync(new MemoryStream(bytes), default))).Key;
        Assert.Equal("ArchiveUnreadable", await RefusedAsync("no zip"u8.ToArray()));
        Assert.Equal("ArchiveNoCourse", await RefusedAsync(Zip(("readme.txt", "x"))));
        var texts = CourseFile.Write(await ShippedAsync());
        (string, string)[] entries = [.. CourseFile.Names.Zip(texts).Select(pair => ($"all-staff/{pair.First}", pair.Second))];
        Assert.Equal("CourseUnreadable", await RefusedAsync(Zip([("all-staff/course.yaml", "key: [broken"), .. entries[1..]])));
        Assert.Equal("ArchiveNoCourse", await RefusedAsync(Zip(entries[..2])));

        await Edit.OpenAsync(School.Manager, await ShippedAsync(), 1);
        await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("flow.png", [.. Png, 0])]);
        await Edit.DiscardAsync(School.Manager, "all-staff", 1);
        var course = (await ShippedAsync()).WithPage(1, (await ShippedAsync()).Pages[0] with { Ja = "![流れ](flow.png)" });
        await Edit.TakeInAsync(School.Manager, course, [await FileAsync("flow.png", Png)]);
        var draft = (await DraftAsync()).Course;
        Assert.Equal("![流れ](flow-2.png)", draft.Pages[0].Ja);
        Assert.Equal(["flow-2.png", "flow.png"], draft.Media!.Select(media => media.Name).Order(StringComparer.Ordinal));
        await Assert.ThrowsAnyAsync<Refusal>(async () => await Edit.TakeInAsync(School.Manager, course with { Key = "../evil" }, []));
    }

    [Theory]
    [InlineData("pages:\n", "questions: []", null)]
    [InlineData("pages: [{}, null]\n", "questions: []", null)]
    [InlineData("pages: [{shows: [policy, null]}]\n", "questions: []", null)]
    [InlineData("pages: [{}]\n", "questions: [null]", null)]
    [InlineData("pages: [{}]\n", "questions: [{id: q01, right: [null]}]", null)]
    [InlineData("pages: [{}]\n", "questions: [{id: q01, ja: {choices: [はい, null]}}]", null)]
    [InlineData("pages: [{}]\nitems:\n", "questions:", "")]
    [InlineData("pages: [{shows:}]\ntitle_ja: \"\\0題\\0\"\n", "questions: [{id:, right:, ja:, en: {text:, choices:, explanation: \"\\0\"}}]", "題")]
    public async Task What_a_file_leaves_empty_is_empty_or_refused_and_the_draft_opens(string head, string questions, string? title)
    {
        (string, string)[] Files(string key) => [("c/course.yaml", $"key: {key}\ntitle_en:\naudience_ja:\n{head}"), ("c/material.ja.md", "# 文\0"), ("c/material.en.md", "# Text"), ("c/questions.yaml", questions)];
        async Task TakeInAsync(string key)
        {
            var (course, media) = await Get<CourseArchive>().ReadAsync(new MemoryStream(Zip(Files(key))), default);
            await Edit.TakeInAsync(School.Manager, course, media);
        }
        if (title is null)
        {
            Assert.Equal("CourseUnreadable", (await Assert.ThrowsAnyAsync<Refusal>(() => TakeInAsync("empty-parts"))).Key);
            return;
        }
        foreach (var key in new[] { "", "\"empty-parts\\n\"" })
        {
            Assert.Equal("CourseKey", (await Assert.ThrowsAnyAsync<Refusal>(() => TakeInAsync(key))).Key);
        }
        await TakeInAsync("empty-parts");
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        foreach (var path in new[] { "/training/courses", "/training/courses/empty-parts/edit", "/training/courses/empty-parts/edit/pages/1", "/training/courses/empty-parts/preview?draft=true&p=1" })
        {
            foreach (var language in new[] { "ja", "en" })
            {
                manager.DefaultRequestHeaders.AcceptLanguage.Clear();
                manager.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
                Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync(path)).StatusCode);
            }
        }
        Assert.Equal((title, ""), ((await DraftAsync("empty-parts")).Course.TitleJa, (await DraftAsync("empty-parts")).Course.TitleEn));
    }

    [Fact]
    public async Task More_than_a_course_holds_is_refused_before_it_is_kept_however_few_letters_say_it()
    {
        var course = await ShippedAsync();
        async Task<string> RefusedAsync(Course large) => (await Assert.ThrowsAnyAsync<Refusal>(() => Edit.TakeInAsync(School.Manager, large, []))).Key;
        Assert.Equal("CourseTooLong", await RefusedAsync(course with { Pages = [.. Enumerable.Repeat(course.Pages[0], CourseCheck.MostPages + 1)] }));
        Assert.Equal("CourseTooLarge", await RefusedAsync(course with { Items = [.. Enumerable.Repeat(new string('あ', 100_000), 21)] }));
        Assert.Null(await Edit.FindAsync(School.Manager, "all-staff", default));
        var texts = CourseFile.Write(course);
        Assert.Throws<InvalidDataException>(() => CourseFile.Parse("all-staff", [texts[0], texts[1], texts[2], $"questions: [{string.Join(", ", Enumerable.Repeat("{id: q}", CourseCheck.MostQuestions + 1))}]"]));
        Assert.Throws<InvalidDataException>(() => CourseFile.Parse("all-staff", [texts[0], texts[1], texts[2], $"questions: [{{id: q, ja: {{choices: [&a x{string.Concat(Enumerable.Repeat(", *a", 100))}]}}}}]"]));
        await Edit.OpenAsync(School.Manager, course, 1);
        Assert.Equal("CourseTooLarge", (await Assert.ThrowsAsync<Refusal>(() => Edit.ChangeAsync(School.Manager, "all-staff", 1, draft => draft with { NoEnglish = new string('x', CourseCheck.MostCharacters) }))).Key);
    }

    [Fact]
    public async Task A_nul_in_what_is_typed_does_not_close_the_list_of_courses()
    {
        Assert.Equal("TitleLength", (await Assert.ThrowsAnyAsync<Refusal>(() => Edit.AddAsync(School.Manager, "nul", "\0", ""))).Key);
        await Edit.AddAsync(School.Manager, "nul", "題\0名", "Title\0");
        await Edit.ChangeAsync(School.Manager, "nul", 1, course => course.With(new("題\0名", "", "\0", "", 10, 80, 4, false, "\0理由", ["a:\0b"])).WithPage(1, new(["\0"], "", "", LinkJa: "\0x")).WithQuestion(null, new("", 1, null, ["\0"], new("\0", ["\0"], ""), QuestionText.None)));
        Assert.Equal("題名", (await Edit.ListAsync(School.Manager, default)).Single().TitleJa);
    }

    [Fact]
    public async Task Names_of_a_file_that_mean_something_else_here_are_changed_once_in_every_form_that_names_a_picture()
    {
        await Edit.OpenAsync(School.Manager, await ShippedAsync(), 1);
        await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("x.png", [.. Png, 0])]);
        await Edit.DiscardAsync(School.Manager, "all-staff", 1);
        const string text = """
            ![一](x.png) ![二](x-2.png "題") ![三](<x.png>) ![四][pic] [x.png](x.png) `![](x.png)` ![五](x y.png) ![六](<x y.png>) ![七](x%20y.png)

            > ![引用](x.png)

            | 表 | 図 |
            |---|---|
            | a | ![八](x-2.png) |

            [pic]: x.png "題"
            """;
        var course = (await ShippedAsync()).WithPage(1, (await ShippedAsync()).Pages[0] with { Ja = text });
        await Edit.TakeInAsync(School.Manager, course, [await FileAsync("x.png", [.. Png, 1]), await FileAsync("x-2.png", [.. Png, 2]), await FileAsync("x y.png", [.. Png, 3])]);
        var draft = (await DraftAsync()).Course;
        string KeptAs(byte last) => draft.Media!.Single(media => media.Sha256 == Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. Png, last]))).Name;
        var (one, two) = (KeptAs(1), KeptAs(2));
        Assert.DoesNotContain("x.png", new[] { one, two });
        Assert.Equal($"""
            ![一]({one}) ![二]({two} "題") ![三](<{one}>) ![四][pic] [x.png](x.png) `![](x.png)` ![五](x y.png) ![六](<x-y.png>) ![七](x-y.png)

            > ![引用]({one})

            | 表 | 図 |
            |---|---|
            | a | ![八]({two}) |

            [pic]: {one} "題"
            """, draft.Pages[0].Ja);
    }

    [Fact]
    public async Task A_file_in_quarantine_or_destroyed_goes_out_with_no_course_and_sent_again_it_is_back()
    {
        await Edit.OpenAsync(School.Manager, await ShippedAsync(), 1);
        await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("flow.png", Png)]);
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        const string export = "/training/courses/all-staff/edit?handler=export";
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync(export)).StatusCode);
        await Database.ArrangeAsync("insert into destroyed_blobs (sha256, decided_at, removed_at) select sha256, now(), now() from training_media");
        Get<BlobStore>().Remove(await Database.ScalarAsync<string>("select sha256 from training_media"));
        var gone = await manager.GetAsync(export);
        Assert.Equal(HttpStatusCode.Conflict, gone.StatusCode);
        Assert.Contains("「flow.png」は、同じ中身の証跡を", await gone.TextAsync());
        await Edit.AddMediaAsync(School.Manager, "all-staff", [await FileAsync("flow.png", Png)]);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync(export)).StatusCode);
        await Database.ArrangeAsync("insert into quarantines (sha256, found, signatures, found_at) select sha256, 'Eicar', '1', now() from training_media");
        Assert.Equal(HttpStatusCode.Conflict, (await manager.GetAsync(export)).StatusCode);
    }

    [Fact]
    public async Task Files_are_sent_from_the_page_and_one_that_is_refused_is_named_at_its_field()
    {
        await Edit.OpenAsync(School.Manager, await ShippedAsync(), 1);
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        const string at = "/training/courses/all-staff/edit";
        async Task<HttpResponseMessage> SendAsync(string name, byte[] bytes)
        {
            var token = System.Text.RegularExpressions.Regex.Match(await manager.GetStringAsync(at), "name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"").Groups[1].Value;
            return await manager.PostAsync($"{at}?handler=upload", new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(bytes), "Input.File", name } });
        }
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync("flow.png", Png)).StatusCode);
        Assert.Contains("![](flow.png)", await PageForms.PageAsync(manager, at));
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"{at}?handler=media&name=flow.png")).StatusCode);
        var refused = await SendAsync("flow.exe", Png);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var text = await refused.TextAsync();
        Assert.Contains("「flow.exe」は画像", text);
        Assert.Contains("id=\"Input_File\"", text);
        // What another form of the page holds is not emptied by it.
        Assert.Contains((await ShippedAsync()).TitleJa, text);
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        return output.ToArray();
    }

    [Fact]
    public async Task A_course_in_fixed_order_is_not_shuffled_and_a_moved_or_removed_page_takes_its_questions_along()
    {
        var course = await ShippedAsync() with { IsFixed = true };
        var drawn = TestRules.Draw(course, 7);
        Assert.Equal(drawn.Select(question => question.Id).Order(StringComparer.Ordinal), drawn.Select(question => question.Id));
        Assert.All(drawn, question => Assert.Equal(question.Order.Order(), question.Order));
        Assert.Equal(course.Drawn, drawn.Count);
        var moved = course.WithPageUp(2);
        Assert.Equal((course.Pages[1].Ja, course.Pages[0].Ja), (moved.Pages[0].Ja, moved.Pages[1].Ja));
        Assert.All(course.Questions.Zip(moved.Questions), pair => Assert.Equal(course.Pages[pair.First.Page - 1].Ja, moved.Pages[pair.Second.Page - 1].Ja));
        var without = course.WithoutPage(1);
        Assert.Contains(CourseCheck.Of(without), problem => problem.Word == "CheckQuestionPage");
        Assert.Equal(course.Questions[^1].Page - 1, without.Questions[^1].Page);
        Assert.Equal(course.Questions.Count + 1, course.WithQuestion(null, course.Questions[0]).Questions.Select(question => question.Id).Distinct().Count());
    }
}

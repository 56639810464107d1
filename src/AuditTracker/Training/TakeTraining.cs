using System.Security.Cryptography;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>Who takes a training: a signed-in person their own, or a session that came by a link.</summary>
/// <param name="PersonId">Of the signed-in person; null by a link.</param>
/// <param name="LinkedRoster">What the session by a link opens; null when signed in.</param>
/// <param name="Session">The hash of the session by a link.</param>
public sealed record Taker(Actor Actor, long? PersonId, long? LinkedRoster, byte[]? Session = null);

/// <summary>Somebody's part of a campaign as they see it.</summary>
/// <param name="Page">The furthest page of the material that was reached; 0: none.</param>
/// <param name="CompletedOn">Of a session or answers on paper the day of these; <paramref name="CompletedAt"/> is when it was recorded.</param>
/// <param name="Attempt">The test under way.</param>
/// <param name="Attempts">Tests handed in.</param>
public sealed record Taking(long Id, long CampaignId, string Title, string Course, int CourseVersion, int FiscalYear, DateOnly OpensOn, DateOnly DueOn, string CampaignState, string Name, string EmployeeNo, string Department,
    int Page, DateTime? StartedAt, DateTime? CompletedAt, DateOnly? CompletedOn, string? How, int? Score, long? Attempt, int Attempts, bool IsExempt, string Responsible)
{
    /// <summary>受講記録 T-2026-0412.</summary>
    public string Number => $"T-{FiscalYear}-{Id:0000}";

    public bool IsOpen => CampaignState == "running" && CompletedAt is null;
}

/// <summary>A question of a test under way or handed in.</summary>
public sealed record AnswerRow(int Position, string Question, string Chosen, bool? Correct)
{
    public IReadOnlyList<string> Letters => Chosen.Length == 0 ? [] : Chosen.Split(',');
}

/// <summary>A test with its answers.</summary>
public sealed record AttemptRow(long Id, int Number, long Seed, string Course, int CourseVersion, DateTime StartedAt, DateTime? SubmittedAt, int? Score, bool? Passed);

/// <summary>
/// Reading, testing and completing. Every step is saved as it is made, so that a lost connection loses nothing; every test handed in is kept with the version of its questions and its answers.
/// </summary>
public sealed class TakeTraining(Db db, CourseStore courses)
{
    private const string Own = "(r.id = @linked or r.person_id = @person)";

    private const string Sql = $"""
        select r.id, c.id as campaign_id, c.title, c.course, c.course_version, c.fiscal_year, c.opens_on,
               {Standings.OwnDueOn} as due_on,
               c.state as campaign_state, r.name, r.employee_no, r.department, coalesce(g.page, 0) as page, g.started_at, g.completed_at, {Standings.CompletedOn} as completed_on, g.how, g.score,
               (select t.id from training_attempts t where t.roster_id = r.id and t.submitted_at is null) as attempt, (select count(*)::int from training_attempts t where t.roster_id = r.id and t.submitted_at is not null) as attempts,
               exists (select from training_exemptions x where x.roster_id = r.id and x.ended_at is null and x.approved_at is not null) as is_exempt, w.name as responsible
        from training_roster r join training_campaigns c on c.id = r.campaign_id join people w on w.id = c.responsible_id left join training_progress g on g.roster_id = r.id
        where {Own}
        """;

    private static Dictionary<string, object?> Of(Taker taker, long? id = null) => new() { ["linked"] = taker.LinkedRoster, ["person"] = taker.PersonId, ["id"] = id };

    /// <summary>One's own training; null when it is somebody else's or not there.</summary>
    public async Task<Taking?> FindAsync(Taker taker, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<Taking>($"{Sql} and r.id = @id", Of(taker, id), ct);
    }

    /// <summary>A person's trainings of all years, what is to be done first.</summary>
    public async Task<IReadOnlyList<Taking>> MineAsync(Taker taker, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<Taking>($"{Sql} order by (c.state = 'running' and g.completed_at is null) desc, r.due_on desc, r.id desc limit 200", Of(taker), ct);
    }

    /// <summary>What counts as something to do: trainings (alias <c>r</c>) of <c>@person</c> that run, neither completed nor exempt.</summary>
    public const string ToDo = """
        r.person_id = @person and exists (select from training_campaigns c where c.id = r.campaign_id and c.state = 'running')
        and not exists (select from training_progress g where g.roster_id = r.id and g.completed_at is not null)
        and not exists (select from training_exemptions x where x.roster_id = r.id and x.ended_at is null and x.approved_at is not null)
        """;

    /// <summary>What the reader has to take now, first what is due first, with the minutes it takes.</summary>
    public async Task<IReadOnlyList<(Taking Training, int Minutes)>> ToDoAsync(CurrentUser user, CancellationToken ct)
    {
        if (user.PersonId is null)
        {
            return [];
        }
        await using var connection = await db.OpenAsync(ct);
        var open = await connection.ListAsync<Taking>($"{Sql} and {ToDo} order by due_on, r.id limit 20", Of(new(Actor.Of(user), user.PersonId, null)), ct);
        var found = new List<(Taking, int)>();
        foreach (var taking in open)
        {
            found.Add((taking, (await CourseAsync(taking, ct)).Minutes));
        }
        return found;
    }

    /// <summary>The course as this training has it.</summary>
    public async Task<Course> CourseAsync(Taking taking, CancellationToken ct) => await courses.FindAsync(taking.Course, taking.CourseVersion, ct) ?? throw new InvalidDataException($"Course {taking.Course} {taking.CourseVersion} is gone.");

    /// <summary>Keeps how far the material was read.</summary>
    /// <param name="page">From 1.</param>
    public async Task TurnAsync(Taker taker, long id, int page, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(taker.Actor, ct);
        var taking = await LockAsync(work, taker, id, ct);
        var most = (await CourseAsync(taking, ct)).Pages.Count;
        await work.ExecuteAsync("""
            insert into training_progress (roster_id, page, started_at) values (@id, @page, @Now)
            on conflict (roster_id) do update set page = greatest(training_progress.page, excluded.page), started_at = coalesce(training_progress.started_at, excluded.started_at)
            """, new { id, page = Math.Clamp(page, 1, most), work.Now }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Goes on with the test under way, or begins one.</summary>
    /// <exception cref="Refusal">The material has pages that were not opened yet.</exception>
    public async Task<long> BeginTestAsync(Taker taker, long id, string language, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(taker.Actor, ct);
        var taking = await LockAsync(work, taker, id, ct);
        if (taking.Attempt is { } under)
        {
            return under;
        }
        var course = await CourseAsync(taking, ct);
        if (taking.Page < course.Pages.Count)
        {
            throw Refusal.Of<Words>("ReadFirst", course.Pages.Count - taking.Page);
        }
        var seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
        var attempt = await work.FirstAsync<long>("""
            insert into training_attempts (roster_id, number, seed, course, course_version, language, started_at)
            select @id, 1 + count(*), @seed, @Course, @CourseVersion, @language, @Now from training_attempts where roster_id = @id returning id
            """, new { id, seed, taking.Course, taking.CourseVersion, language = language == "en" ? "en" : "ja", work.Now }, ct);
        var drawn = TestRules.Draw(course, seed);
        await work.ExecuteAsync("insert into training_answers (attempt_id, position, question) select @attempt, position, question from unnest(@positions, @questions) n (position, question)",
            new { attempt, positions = Enumerable.Range(1, drawn.Count).ToArray(), questions = drawn.Select(question => question.Id).ToArray() }, ct);
        await work.CommitAsync(ct);
        return attempt;
    }

    /// <summary>A test of one's own with its answers; the newest handed in, or the one under way.</summary>
    public async Task<(AttemptRow Attempt, IReadOnlyList<AnswerRow> Answers)?> TestAsync(Taker taker, long id, bool handedIn, CancellationToken ct)
    {
        var parameters = Of(taker, id);
        parameters["handedIn"] = handedIn;
        await using var connection = await db.OpenAsync(ct);
        if (await connection.FirstAsync<AttemptRow>($"""
            select t.id, t.number, t.seed, t.course, t.course_version, t.started_at, t.submitted_at, t.score, t.passed from training_attempts t join training_roster r on r.id = t.roster_id
            where r.id = @id and {Own} and (t.submitted_at is not null) = @handedIn order by t.number desc limit 1
            """, parameters, ct) is not { } attempt)
        {
            return null;
        }
        return (attempt, await connection.ListAsync<AnswerRow>("select position, question, chosen, correct from training_answers where attempt_id = @Id order by position", attempt, ct));
    }

    /// <summary>Keeps an answer of the test under way.</summary>
    /// <exception cref="InvalidInput">No choice, or one that is none.</exception>
    public async Task AnswerAsync(Taker taker, long id, int position, IReadOnlyList<string> chosen, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(taker.Actor, ct);
        var taking = await LockAsync(work, taker, id, ct);
        var course = await CourseAsync(taking, ct);
        var question = await work.FirstAsync<string>("select question from training_answers where attempt_id = @Attempt and position = @position", new { taking.Attempt, position }, ct) ?? throw new NotFound();
        var letters = chosen.Distinct().Order(StringComparer.Ordinal).ToArray();
        var asked = course.Find(question);
        if (letters.Length == 0 || (!asked.IsMultiple && letters.Length > 1) || letters.Any(letter => letter.Length != 1 || letter[0] < 'a' || letter[0] >= 'a' + asked.Ja.Choices.Count))
        {
            throw InvalidInput.At<Words>("chosen", asked.IsMultiple ? "ChooseAll" : "ChooseOne");
        }
        await work.ExecuteAsync("update training_answers set chosen = @chosen, at = @Now where attempt_id = @Attempt and position = @position", new { taking.Attempt, position, chosen = string.Join(',', letters), work.Now }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Marks the test; one that passes completes the training in the same transaction, with its notices and links.</summary>
    /// <returns>Whether it passed. Handing in twice is once.</returns>
    /// <exception cref="Refusal">Questions without an answer.</exception>
    public async Task<bool> FinishAsync(Taker taker, long id, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(taker.Actor, ct);
        var taking = await LockAsync(work, taker, id, ct, mayBeDone: true);
        if (taking.Attempt is not { } attempt)
        {
            return taking.CompletedAt is not null;
        }
        var course = await CourseAsync(taking, ct);
        var answers = await work.QueryAsync<AnswerRow>("select position, question, chosen, correct from training_answers where attempt_id = @attempt order by position", new { attempt }, ct);
        if (answers.Count(answer => answer.Chosen.Length == 0) is > 0 and var empty)
        {
            throw Refusal.Of<Words>("Unanswered", empty);
        }
        var right = answers.Where(answer => TestRules.IsRight(course.Find(answer.Question), answer.Letters)).Select(answer => answer.Position).ToArray();
        var (score, passes) = (TestRules.Score(right.Length, answers.Count), TestRules.Passes(right.Length, answers.Count, course.PassMark));
        await work.ExecuteAsync("""
            update training_answers set correct = position = any(@right) where attempt_id = @attempt;
            update training_attempts set submitted_at = @Now, score = @score, passed = @passes where id = @attempt;
            insert into training_progress (roster_id, started_at, failed_at, completed_at, how, score) values (@id, @Now, case when not @passes then @Now end, case when @passes then @Now end, case when @passes then 'online' end, @score)
            on conflict (roster_id) do update set failed_at = coalesce(training_progress.failed_at, excluded.failed_at), completed_at = coalesce(training_progress.completed_at, excluded.completed_at),
                how = coalesce(training_progress.how, excluded.how), score = case when training_progress.completed_at is null then excluded.score else training_progress.score end;
            """, new { id, attempt, right, score, passes, work.Now }, ct);
        if (passes && taking.CompletedAt is null)
        {
            await Completion.SettleAsync(work, (await CampaignStore.OfAsync(work, taking.CampaignId, ct))!, [id], ct);
            // Other devices that came by a link have nothing to do here any more.
            await work.ExecuteAsync("update training_sessions set ended_at = clock_timestamp() where roster_id = @id and ended_at is null and token_hash is distinct from @session", new { id, session = taker.Session }, ct);
        }
        await work.ActAsync(passes ? "training.completed" : "training.testFailed", ExemptPeople.Subject(id), new Dictionary<string, string?> { ["attempt"] = $"{taking.Attempts + 1}", ["score"] = $"{score}" }, ct: ct);
        await work.CommitAsync(ct);
        return passes;
    }

    private static async Task<Taking> LockAsync(UnitOfWork work, Taker taker, long id, CancellationToken ct, bool mayBeDone = false)
    {
        // One step of a training at a time; the snapshot's row cannot be locked, because nobody may change it. The campaign's lock keeps it from closing meanwhile.
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('training'), @id::int)", new { id }, ct);
        _ = await work.FirstAsync<long?>($"select r.id from training_roster r join training_campaigns c on c.id = r.campaign_id where r.id = @id and {Own} for share of c", Of(taker, id), ct) ?? throw new NotFound();
        var taking = (await work.FirstAsync<Taking>($"{Sql} and r.id = @id", Of(taker, id), ct))!;
        if (taking.CampaignState != "running")
        {
            throw Refusal.Of<Words>("TrainingOver");
        }
        return taking.CompletedAt is null || mayBeDone ? taking : throw Refusal.Of<Words>("AlreadyCompleted");
    }
}

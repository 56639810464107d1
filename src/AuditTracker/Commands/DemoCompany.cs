using System.Globalization;
using AuditTracker.Accounts;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;

namespace AuditTracker.Commands;

/// <summary>Founds the demo company from <c>templates/demo</c>: its master data, people, accounts, treatment of items and requests.</summary>
public sealed class DemoCompany(IServiceProvider services, string folder)
{
    // The first day of fiscal 2025, before anybody has come in.
    internal static readonly DateOnly FoundedOn = new(2025, 4, 1);
    internal static readonly DateTime Founded = JapanTime.InstantOf(FoundedOn, new TimeOnly(8, 0));
    private readonly Dictionary<string, CurrentUser> users = [];
    private readonly Dictionary<string, long> requests = [];

    public string Folder => folder;

    /// <summary>Id of an adopted request, by its number in the library.</summary>
    public long Request(string number) => requests[number];

    /// <summary>A person of the company as the use cases see them.</summary>
    public CurrentUser User(string employeeNo) => users[employeeNo];

    /// <summary>The same, by the person's id.</summary>
    public CurrentUser User(long personId) => users.Values.First(user => user.PersonId == personId);

    /// <summary>What the company adopts in the course of its year.</summary>
    internal IReadOnlyList<RequestEntry> Requests { get; } = YamlFile.Read<RequestsFile>(Path.Combine(folder, "requests.yaml")).Requests;

    public CurrentUser Manager => users.Values.First(user => user.Is(Role.ComplianceManager));

    public async Task FoundAsync(string password, CancellationToken ct)
    {
        await NameAsync(ct);
        var file = await File.ReadAllBytesAsync(Path.Combine(folder, "people.csv"), ct);
        var difference = await services.GetRequiredService<ImportPeople>().ApplyAsync(Actor.Operator("demo"), null, "people.csv", file, new ImportTerms(FoundedOn, null), ct: ct);
        if (difference.Errors.Count > 0)
        {
            throw new InvalidDataException($"templates/demo/people.csv, line {difference.Errors[0].Line}: {difference.Errors[0].Key}");
        }
        await OpenAccountsAsync(password, ct);
        await AppointAsync(ct);
        await TreatItemsAsync(ct);
    }

    private async Task AppointAsync(CancellationToken ct)
    {
        var company = YamlFile.Read<CompanyFile>(Path.Combine(folder, "company.yaml"));
        foreach (var entry in company.Appointments)
        {
            var from = DateOnly.ParseExact(entry.From, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            await services.GetRequiredService<Appoint>().RunAsync(Manager, new AppointmentInput(entry.Kind, entry.Person, entry.Department, from, null, company.RepresentativeAsPrinted, "", false), ct);
        }
    }

    private async Task NameAsync(CancellationToken ct)
    {
        var company = YamlFile.Read<CompanyFile>(Path.Combine(folder, "company.yaml"));
        await using var work = await services.GetRequiredService<Db>().BeginAsync(Actor.Operator("demo"), ct);
        var profile = await CompanyStore.LoadAsync(work.Connection, ct);
        await CompanyStore.SaveAsync(work, profile with
        {
            NameJa = company.Name,
            NameEn = company.NameEn,
            Address = company.Address,
            Representative = company.RepresentativeAsPrinted,
            SecretariatName = company.Secretariat.Name,
            SecretariatContact = company.Secretariat.Contact,
            SenderAddress = "compliance@hibari-net.example",
            ReplyTo = "compliance@hibari-net.example",
        }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The demo's sign-ins are aliases with a password; who hands in or reviews has an account without one.</summary>
    private async Task OpenAccountsAsync(string password, CancellationToken ct)
    {
        var file = YamlFile.Read<AccountsFile>(Path.Combine(folder, "accounts.yaml"));
        var hash = SignIn.Hash(password);
        var accounts = services.GetRequiredService<AccountStore>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        var named = Requests.SelectMany(request => new[] { request.Owner, request.Reviewer })
            .Concat(YamlFile.Read<QuarterFile>(Path.Combine(folder, "quarter.yaml")).Acts.Select(act => act.By)).Concat(YamlFile.Read<YearFile>(Path.Combine(folder, "year.yaml")).Named);
        await using (var work = await services.GetRequiredService<Db>().BeginAsync(Actor.Operator("demo"), ct))
        {
            var people = (await work.QueryAsync<(long Id, string No, string Mail)>("select id, employee_no, email from people", ct: ct)).ToDictionary(person => person.No);
            foreach (var entry in file.Accounts)
            {
                var account = await accounts.AddAsync(work, entry.SignIn, people[entry.Person].Id, "", entry.Language, now, ct);
                await work.ExecuteAsync("update people set language = @Language, version = version + 1 where employee_no = @Person and language <> @Language", new { entry.Language, entry.Person }, ct);
                await accounts.SetPasswordAsync(work, account, hash, now, ct);
                foreach (var role in entry.Roles)
                {
                    _ = RoleNames.TryParse(role, out var granted);
                    foreach (var framework in granted == Role.Reviewer ? entry.Frameworks : [null!])
                    {
                        await accounts.GrantAsync(work, account, granted, framework, DateOnly.Parse(file.RolesFrom, CultureInfo.InvariantCulture), null, null, ct);
                    }
                }
            }
            foreach (var number in named.Distinct().Except(file.Accounts.Select(entry => entry.Person)))
            {
                await accounts.AddAsync(work, people[number].Mail, people[number].Id, "", file.English.Contains(number) ? "en" : "ja", now, ct);
            }
            await work.ExecuteAsync("update people set language = 'en', version = version + 1 where employee_no = any (@english) and language <> 'en'", new { english = file.English.ToArray() }, ct);
            await work.CommitAsync(ct);
        }
        await using var connection = await services.GetRequiredService<Db>().OpenAsync(ct);
        foreach (var signIn in await connection.ListAsync<string>("select sign_in from accounts", ct: ct))
        {
            var user = await services.GetRequiredService<CallerStore>().BySignInAsync(signIn, "demo", ct);
            users[user!.EmployeeNo!] = user;
        }
    }

    private async Task TreatItemsAsync(CancellationToken ct)
    {
        var file = YamlFile.Read<ControlsFile>(Path.Combine(folder, "controls.yaml"));
        await using var connection = await services.GetRequiredService<Db>().OpenAsync(ct);
        var order = (await connection.ListAsync<(string Framework, string Ref, int Position)>("select framework, ref, position from items where not is_group order by framework, position", ct: ct)).ToList();
        var changes = order.ToDictionary(item => (item.Framework, item.Ref), _ => new ControlChange(1));
        foreach (var range in file.Owners)
        {
            var (from, to) = (Position(order, range.Framework, range.From), Position(order, range.Framework, range.To));
            foreach (var item in order.Where(item => item.Framework == range.Framework && item.Position >= from && item.Position <= to))
            {
                changes[(item.Framework, item.Ref)] = changes[(item.Framework, item.Ref)] with { SetsOwner = true, Owner = range.Owner };
            }
        }
        foreach (var not in file.NotApplicable)
        {
            changes[(not.Framework, not.Ref)] = changes[(not.Framework, not.Ref)] with { Applicable = false, Reason = not.Reason };
        }
        foreach (var how in file.Implementations)
        {
            changes[(how.Framework, how.Ref)] = changes[(how.Framework, how.Ref)] with { Implementation = how.Text };
        }
        var change = services.GetRequiredService<ChangeControl>();
        foreach (var ((framework, itemRef), wanted) in changes.Where(pair => pair.Value != new ControlChange(1)))
        {
            await change.RunAsync(Manager, framework, itemRef, wanted, ct);
        }
    }

    private static int Position(List<(string Framework, string Ref, int Position)> order, string framework, string itemRef) =>
        order.First(item => item.Framework == framework && item.Ref == itemRef).Position;

    internal async Task AdoptAsync(RequestEntry entry, CancellationToken ct)
    {
        var template = services.GetRequiredService<Library>().Find(entry.Id) ?? throw new InvalidDataException($"templates/demo/requests.yaml: {entry.Id} is not in the library.");
        requests[entry.Id] = await services.GetRequiredService<SaveRequest>().AddAsync(Manager, Input(entry, template, entry.Owner, null), entry.Id, ct);
    }

    /// <summary>Gives an adopted request another owner or an end, as somebody does in the form.</summary>
    internal async Task ChangeAsync(string number, string? owner, DateOnly? endOn, CancellationToken ct)
    {
        var entry = Requests.Single(request => request.Id == number);
        var template = services.GetRequiredService<Library>().Find(number)!;
        await services.GetRequiredService<SaveRequest>().ChangeAsync(Manager, Request(number), null, Input(entry, template, owner ?? entry.Owner, endOn), ct);
    }

    private static RequestInput Input(RequestEntry entry, LibraryEntry template, string owner, DateOnly? endOn) => new(template.TitleJa, template.GuidanceJa, template.Minutes, template.Items,
        owner, entry.Reviewer, entry.Period, entry.Opens.Offset, entry.Due.Offset, entry.DueUnit, entry.StartsOn, endOn);
}

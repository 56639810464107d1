using AuditTracker.Accounts;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Tests.Support;

/// <summary>
/// The people of every test. Alice owns, Bob reviews, Carol audits read-only, Mallory must get 404; Manami is the compliance manager,
/// Adam the administrator, Tom top management, Hana the head of Alice's department and Alice's manager.
/// </summary>
public static class Cast
{
    public const string Password = "correct horse battery";

    public static readonly Member Alice = new("900001", "Alice", "相川 有栖", "ja", null);
    public static readonly Member Bob = new("900002", "Bob", "坊田 望", "ja", null);
    public static readonly Member Carol = new("900003", "Carol", "Carol Kato", "en", "internalAuditor");
    public static readonly Member Mallory = new("900004", "Mallory", "森 真理", "ja", null);
    public static readonly Member Manami = new("900005", "Manami", "間 真奈美", "ja", "complianceManager");
    public static readonly Member Adam = new("900006", "Adam", "安達 望", "en", "administrator");
    public static readonly Member Tom = new("900007", "Tom", "富田 武", "ja", "management");
    public static readonly Member Hana = new("900008", "Hana", "花田 花", "ja", null);

    public static IReadOnlyList<Member> All { get; } = [Alice, Bob, Carol, Mallory, Manami, Adam, Tom, Hana];

    /// <summary>Somebody of the cast; ids are the same in every test database.</summary>
    /// <param name="Role">The granted role, if any; others follow from rows.</param>
    public sealed record Member(string EmployeeNo, string Nick, string Name, string Language, string? Role)
    {
        public long PersonId => All.ToList().IndexOf(this) + 1;
        public long AccountId => PersonId;
        public string Mail => $"{Nick.ToLowerInvariant()}@example.test";

        /// <summary>The API token of this member.</summary>
        public string Token => $"at_test_{Nick.ToLowerInvariant()}";
    }

    /// <summary>Puts the cast into a fresh database: people, two departments (Hana heads D1), accounts, roles, tokens.</summary>
    internal static async Task SettleInAsync(Db db)
    {
        await using var work = await db.BeginAsync(Actor.Operator("test"));
        var hash = SignIn.Hash(Password);
        await work.ExecuteAsync("insert into departments (code) values ('D1'), ('D2')");
        foreach (var member in All)
        {
            await work.ExecuteAsync("""
                insert into people (employee_no, name, name_key, email, email_key, employment_type, language, hired_on) values (@EmployeeNo, @Name, lower(@Name), @Mail, @Mail, '正社員', @Language, '2020-04-01');
                insert into accounts (sign_in, sign_in_key, person_id, language, password_hash, created_at) values (@Mail, @Mail, @PersonId, @Language, @hash, now());
                insert into api_tokens (account_id, name, token_hash, created_at, expires_at) values (@AccountId, 'test', @token, now(), now() + interval '90 days');
                insert into posts (person_id, department_id, from_on) values (@PersonId, @department, '2020-04-01');
                """, new { member.EmployeeNo, member.Name, member.Mail, member.Language, member.PersonId, member.AccountId, hash, token = Secrets.Hash(member.Token), department = member == Alice || member == Hana ? 1 : 2 });
            if (member.Role is not null)
            {
                await work.ExecuteAsync("insert into role_grants (account_id, role, from_on, at) values (@AccountId, @Role, '2020-04-01', now())", member);
            }
        }
        await work.ExecuteAsync("""
            insert into department_versions (department_id, name, head_id, from_on) values (1, '第一部', @head, '2020-04-01'), (2, '第二部', null, '2020-04-01');
            insert into managers (person_id, manager_id, from_on) values (@alice, @head, '2020-04-01');
            """, new { head = Hana.PersonId, alice = Alice.PersonId });
        await work.CommitAsync();
    }
}

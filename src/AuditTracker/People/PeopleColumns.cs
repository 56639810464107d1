using System.Security.Cryptography;
using System.Text;

namespace AuditTracker.People;

/// <summary>What an HR export says about a person, in the order of the file we describe.</summary>
public enum PeopleField { EmployeeNo, Name, NameKana, Email, DepartmentCode, DepartmentName, Title, EmploymentType, HiredOn, LeftOn, ManagerNo, LeaveKind, LeaveFrom, LeaveTo, Tags }

/// <summary>A column of an HR export.</summary>
/// <param name="Field">What it holds.</param>
/// <param name="LabelKey">Its name in the room's words.</param>
/// <param name="Required">The column must be there and every cell filled.</param>
/// <param name="Headers">The headers it is known by: our Japanese one, our English one, others.</param>
public sealed record PeopleColumn(PeopleField Field, string LabelKey, bool Required, params string[] Headers);

/// <summary>The columns of an HR export and how their headers are recognised: whatever their order, case, width and separators.</summary>
public static class PeopleColumns
{
    public static IReadOnlyList<PeopleColumn> All { get; } =
    [
        new(PeopleField.EmployeeNo, "ColumnEmployeeNo", true, "社員番号", "employee_no", "従業員番号", "社員コード", "社員no", "employee_number", "employee_id"),
        new(PeopleField.Name, "ColumnName", true, "氏名", "name", "名前", "社員名", "full_name"),
        new(PeopleField.NameKana, "ColumnNameKana", false, "氏名カナ", "name_kana", "カナ氏名", "氏名フリガナ", "フリガナ", "ふりがな", "カナ", "kana"),
        new(PeopleField.Email, "ColumnEmail", true, "メールアドレス", "email", "メール", "mail", "email_address", "mail_address"),
        new(PeopleField.DepartmentCode, "ColumnDepartmentCode", true, "部署コード", "department_code", "部門コード", "所属コード", "dept_code"),
        new(PeopleField.DepartmentName, "ColumnDepartmentName", true, "部署名", "department", "部署", "部門名", "部門", "所属名", "所属", "department_name", "dept"),
        new(PeopleField.Title, "ColumnTitle", false, "役職", "title", "役職名", "job_title", "position"),
        new(PeopleField.EmploymentType, "ColumnEmploymentType", false, "雇用区分", "employment_type", "雇用形態", "社員区分"),
        new(PeopleField.HiredOn, "ColumnHiredOn", true, "入社日", "hire_date", "入社年月日", "hired_on", "date_of_hire"),
        new(PeopleField.LeftOn, "ColumnLeftOn", false, "退職日", "leave_date", "退職年月日", "left_on", "termination_date"),
        new(PeopleField.ManagerNo, "ColumnManagerNo", false, "上長社員番号", "manager_no", "上司社員番号", "上長番号", "manager_employee_no", "manager_id"),
        new(PeopleField.LeaveKind, "ColumnLeaveKind", false, "休職区分", "leave_kind", "休職種別", "休業区分"),
        new(PeopleField.LeaveFrom, "ColumnLeaveFrom", false, "休職開始日", "leave_from", "休業開始日"),
        new(PeopleField.LeaveTo, "ColumnLeaveTo", false, "休職終了日", "leave_to", "休業終了日", "休職満了日"),
        new(PeopleField.Tags, "ColumnTags", false, "タグ", "tags", "tag"),
    ];

    private static readonly Dictionary<string, PeopleColumn> ByHeader =
        All.SelectMany(column => column.Headers, (column, header) => (column, header)).ToDictionary(pair => KeyOf(pair.header), pair => pair.column);

    /// <summary>The column with this header, or null for one we do not read.</summary>
    public static PeopleColumn? WithHeader(string header) => ByHeader.GetValueOrDefault(KeyOf(header));

    public static PeopleColumn Of(PeopleField field) => All[(int)field];

    /// <summary>A key of a set of heads, the same whatever their case, width and separators: what somebody chose for it is remembered under it.</summary>
    public static string SetKey(IEnumerable<string> headers) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', headers.Select(KeyOf)))));

    internal static string KeyOf(string header) =>
        new([.. header.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Where(letter => letter is not ('_' or '-') && !char.IsWhiteSpace(letter))]);
}

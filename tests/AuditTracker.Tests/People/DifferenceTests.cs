using System.Text;
using AuditTracker.People;

namespace AuditTracker.Tests.People;

public sealed class DifferenceTests
{
    private const string Header = "employee_no,name,name_kana,email,department_code,department,title,employment_type,hire_date,leave_date,manager_no";
    private static readonly DateOnly Today = new(2026, 11, 24);
    private static readonly KnownPerson Ito = new(1, "0001", "伊藤 美咲", "イトウ ミサキ", "ito@x.example", "正社員", new(2018, 9, 18), null, "D1", "部長", null);
    private static readonly KnownPerson Sato = new(2, "0002", "佐藤 誠", "サトウ マコト", "sato@x.example", "正社員", new(2020, 4, 1), null, "D1", "", "0001");
    private static readonly KnownPerson Gone = new(3, "0003", "林 さくら", "ハヤシ サクラ", "hayashi@x.example", "正社員", new(2015, 4, 1), new(2025, 3, 31), "D2", "", "0001");

    [Fact]
    public void A_file_that_says_what_is_known_changes_nothing()
    {
        var difference = Between(Line(Ito), Line(Sato), Line(Gone));
        Assert.Equal(new ImportTotals(0, 0, 0, 0, 3), difference.Totals);
        Assert.Empty(difference.ToApply);
        Assert.Empty(difference.Departments);
        Assert.Empty(difference.Errors);
    }

    [Fact]
    public void Changes_are_named_field_by_field()
    {
        var person = Assert.Single(Between(Line(Ito), Line(Sato with { Name = "佐藤　誠", DepartmentCode = "D2", Title = "課長", ManagerNo = null })).ToApply);
        Assert.Equal(PersonChange.Changed, person.Change);
        Assert.True(person.IsTransferred);
        Assert.Equal(
            [new(PeopleField.Name, "佐藤 誠", "佐藤　誠"), new(PeopleField.DepartmentCode, "D1 第一部", "D2 第二部"), new(PeopleField.Title, "", "課長"), new(PeopleField.ManagerNo, "0001", "")],
            person.Changes);
    }

    [Fact]
    public void An_absent_column_leaves_what_is_stored()
    {
        var difference = Between(Terms(), "employee_no,name,email,department_code,department,hire_date\n0001,伊藤 美咲,ito@x.example,D1,第一部,2018/9/18\n0002,佐藤 誠,sato@x.example,D2,第二部,2020/4/1\n0003,林 さくら,hayashi@x.example,D2,第二部,2015/4/1");
        var person = Assert.Single(difference.ToApply);
        Assert.Equal([PeopleField.DepartmentCode], person.Changes.Select(change => change.Field));
        Assert.Equal(Sato with { DepartmentCode = "D2" }, person.After);
    }

    [Fact]
    public void A_new_leave_date_is_leaving_and_an_old_one_is_not()
    {
        var difference = Between(Line(Ito), Line(Sato with { LeftOn = new(2026, 12, 31) }), Line(Gone));
        Assert.Equal(new ImportTotals(0, 0, 1, 0, 2), difference.Totals);
        Assert.Equal("0002", Assert.Single(difference.Leavers).After.EmployeeNo);
    }

    [Fact]
    public void Missing_people_are_left_alone_unless_asked()
    {
        var alone = Between(Line(Ito));
        Assert.Equal(new ImportTotals(0, 0, 0, 1, 1), alone.Totals);
        Assert.Empty(alone.ToApply);
        var asked = Between(Terms(missingLeaveOn: new(2026, 10, 31)), Header + "\n" + Line(Ito));
        Assert.Equal(Sato with { LeftOn = new(2026, 10, 31) }, Assert.Single(asked.ToApply).After);
        Assert.True(asked.LosesMany);
    }

    [Fact]
    public void Somebody_who_left_and_stands_in_the_file_without_a_leave_date_is_back()
    {
        var difference = Between(Line(Ito), Line(Sato), Line(Gone with { LeftOn = null }));
        var person = Assert.Single(difference.ToApply);
        Assert.Equal((PersonChange.Changed, Today), (person.Change, person.BackOn));
        Assert.Equal(new DateOnly(2026, 4, 1), Assert.Single(Between(Line(Ito), Line(Sato), Line(Gone with { LeftOn = null, HiredOn = new(2026, 4, 1) })).ToApply).BackOn);
    }

    [Fact]
    public void Where_a_leaver_worked_stays_whatever_the_file_says_now() =>
        Assert.Empty(Between(Line(Ito), Line(Sato), Line(Gone with { DepartmentCode = "D9" })).ToApply);

    [Fact]
    public void The_only_one_with_a_head_title_heads_the_department()
    {
        var difference = Between(Line(Ito with { DepartmentCode = "D2" }), Line(Sato with { Title = "部長" }));
        Assert.Equal([new("D1", "第一部", "第一部", "0001", "0002"), new("D2", "第二部", "第二部", null, "0001")], difference.Departments);
    }

    [Fact]
    public void A_department_loses_its_head_by_leaving_and_keeps_it_when_two_have_the_title()
    {
        Assert.True(Assert.Single(Between(Line(Ito with { LeftOn = new(2026, 11, 1) }), Line(Sato)).Departments).LosesHead);
        Assert.Empty(Between(Line(Ito), Line(Sato with { Title = "室長" })).Departments);
    }

    [Fact]
    public void A_renamed_department_is_told_once_and_changes_nobody()
    {
        var difference = Between(Line(Ito).Replace("第一部", "新第一部"), Line(Sato).Replace("第一部", "新第一部"));
        Assert.Equal(0, difference.Totals.Changed);
        Assert.True(Assert.Single(difference.Departments).IsRenamed);
    }

    [Fact]
    public void An_unknown_manager_is_an_error_at_the_line()
    {
        Assert.Equal((3, "managerNo", "ImportManagerUnknown"), Only(Between(Line(Ito), Line(Sato with { ManagerNo = "9999" }))));
        Assert.Empty(Between(Line(Sato)).Errors);
    }

    [Fact]
    public void A_circle_may_close_through_people_who_are_not_in_the_file() =>
        Assert.Equal((2, "managerNo", "ImportManagerCircle"), Only(Between(Line(Ito with { ManagerNo = "0002" }))));

    [Fact]
    public void An_address_of_somebody_outside_the_file_is_taken_until_they_have_left()
    {
        Assert.Equal((2, "email", "ImportMailTaken"), Only(Between(Line(Ito with { Email = "SATO@x.example" }))));
        Assert.Empty(Between(Line(Ito), Line(Sato), "0009,新井 翔,アライ ショウ,hayashi@x.example,D1,第一部,,正社員,2026/4/1,,").Errors);
        Assert.Empty(Between(Line(Ito with { Email = "sato@x.example" }), Line(Sato with { Email = "ito@x.example" })).Errors);
    }

    [Fact]
    public void People_on_lines_with_an_error_are_not_missing()
    {
        var difference = Between(Line(Ito), Line(Sato).Replace("2020/04/01", "2020/13/1"));
        Assert.Equal(new ImportTotals(0, 0, 0, 0, 1), difference.Totals);
        Assert.Equal((3, "hiredOn", "ImportNotADate"), Only(difference));
    }

    private static ImportTerms Terms(DateOnly? missingLeaveOn = null) => new(Today, missingLeaveOn);

    private static Difference Between(params string[] lines) => Between(Terms(), Header + "\n" + string.Join('\n', lines));

    private static Difference Between(ImportTerms terms, string file) => Difference.Between(
        PeopleFile.Read(Encoding.UTF8.GetBytes(file)),
        new([Ito, Sato, Gone], [new("D1", "第一部", "0001"), new("D2", "第二部", null)], new HashSet<string> { "部長", "室長" }),
        terms);

    private static string Line(KnownPerson person) =>
        $"{person.EmployeeNo},{person.Name},{person.NameKana},{person.Email},{person.DepartmentCode},{(person.DepartmentCode == "D1" ? "第一部" : "第二部")},{person.Title},{person.EmploymentType},{person.HiredOn:yyyy/MM/dd},{person.LeftOn:yyyy/MM/dd},{person.ManagerNo}";

    private static (int Line, string Field, string Key) Only(Difference difference)
    {
        var error = Assert.Single(difference.Errors);
        return (error.Line, error.FieldName, error.Key);
    }
}

using System.Text;
using AuditTracker.People;

namespace AuditTracker.Tests.People;

public sealed class PeopleFileErrorTests
{
    [Theory]
    [InlineData("2026/13/1", "3行目 入社日：「2026/13/1」は日付ではありません。この行だけ直して取り込み直せます。", "Line 3, hire date: \"2026/13/1\" is not a date. Fix this line and import again.")]
    [InlineData("8.11.22", "3行目 入社日：「8.11.22」は2通りに読めます（令和8年11月22日／2008年11月22日）。R8.11.22 または 2026/11/22 の形で入力してください。", "Line 3, hire date: \"8.11.22\" can be read in two ways. Use R8.11.22 or 2026/11/22.")]
    public void A_bad_date_is_worded_with_line_and_column(string date, string japanese, string english)
    {
        var error = Assert.Single(PeopleFile.Read(Encoding.UTF8.GetBytes(
            $"employee_no,name,email,department_code,department,hire_date\n1,A,a@b.example,D,X,2020-04-01\n2,B,b@b.example,D,X,{date}\n")).Errors);
        Assert.Equal(japanese, error.In(RoomWords.Japanese));
        Assert.Equal(english, error.In(RoomWords.English));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("50%")]
    [InlineData("1?")]
    [InlineData("#1")]
    [InlineData("１／２")]
    [InlineData("new")]
    [InlineData("Import")]
    [InlineData("departments")]
    [InlineData("structure")]
    [InlineData("..")]
    public void A_number_that_cannot_stand_in_an_address_is_refused_by_its_line(string number)
    {
        var error = Assert.Single(PeopleFile.Read(Encoding.UTF8.GetBytes(
            $"employee_no,name,email,department_code,department,hire_date\n1,A,a@b.example,D,X,2020-04-01\n{number},B,b@b.example,D,X,2020-04-01\n")).Errors);
        Assert.StartsWith("3行目 社員番号：「", error.In(RoomWords.Japanese));
        Assert.Contains("社員番号に使えません", error.In(RoomWords.Japanese));
        Assert.Contains("cannot be an employee number", error.In(RoomWords.English));
    }

    [Theory]
    [InlineData("000-1")]
    [InlineData("news")]
    [InlineData("A.1_2")]
    public void Any_other_number_is_taken(string number) => Assert.Empty(PeopleFile.Read(Encoding.UTF8.GetBytes(
        $"employee_no,name,email,department_code,department,hire_date\n{number},B,b@b.example,D,X,2020-04-01\n")).Errors);

    [Fact]
    public void A_missing_column_is_worded_by_its_name()
    {
        var error = Assert.Single(PeopleFile.Read("employee_no,name,email,department_code,department\n"u8.ToArray()).Errors);
        Assert.Equal("1行目 入社日：この列がありません。見出しに「入社日」または「hire_date」を加えてください。", error.In(RoomWords.Japanese));
        Assert.Equal("Line 1, hire date: this column is missing. Add a header \"入社日\" or \"hire_date\".", error.In(RoomWords.English));
    }

    [Fact]
    public void Every_label_has_a_word_in_both_languages() =>
        Assert.All(PeopleColumns.All, column => Assert.NotEqual(RoomWords.Japanese[column.LabelKey].Value, RoomWords.English[column.LabelKey].Value));
}

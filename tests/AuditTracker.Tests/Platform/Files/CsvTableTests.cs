using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.Platform.Files;

public sealed class CsvTableTests
{
    [Fact]
    public void Records_know_the_line_they_begin_on()
    {
        var table = Read("a,b\r\n1,2\r\n\"x\r\ny\",3\r\n\r\n,\r\n4,5");
        Assert.Equal(["a", "b"], table.Header!.Cells);
        Assert.Equal([2, 3, 7], table.Rows.Select(row => row.Line));
        Assert.Equal("x\r\ny", table.Rows[1].Cells[0]);
        Assert.Empty(table.Problems);
    }

    [Theory]
    [InlineData("a,b\n1,\"2\n3,4\n", 2, CsvProblemKind.UnclosedQuote)]
    [InlineData("a,\"b\n1,2\n", 1, CsvProblemKind.UnclosedQuote)]
    [InlineData("a,b\n1,2\n3,\"q\"z\n", 3, CsvProblemKind.TextAfterClosingQuote)]
    [InlineData("a,b\n1,2\n3\n", 3, CsvProblemKind.WrongCellCount)]
    [InlineData("a,b\n1,2,3\n", 2, CsvProblemKind.WrongCellCount)]
    [InlineData("a,b\n1,2\n3,12345678901\n", 3, CsvProblemKind.CellTooLong)]
    public void A_broken_record_is_named_by_line(string text, int line, CsvProblemKind kind)
    {
        var problem = Assert.Single(Read(text).Problems);
        Assert.Equal((line, kind), (problem.Line, problem.Kind));
    }

    [Fact]
    public void A_broken_record_does_not_hide_the_others() =>
        Assert.Equal(["1", "5"], Read("a,b\n1,2\n3\n5,6\n").Rows.Select(row => row.Cells[0]));

    [Fact]
    public void Cells_are_only_text() =>
        Assert.Equal(["=1+1", " 007 ", "a\"b", "\"", "+81"], Read("a,b,c,d,e\n=1+1, 007 ,a\"b,\"\"\"\",+81\n").Rows[0].Cells);

    [Fact]
    public void Reading_stops_at_the_limit()
    {
        var table = CsvTable.Read("a\n1\n2\n3\n4\n", maxRows: 2, maxCellLength: 10);
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal(new CsvProblem(4, CsvProblemKind.TooManyRows, Allowed: 2), Assert.Single(table.Problems));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData(" , ,\n")]
    public void Without_text_there_is_no_header(string text) => Assert.Null(Read(text).Header);

    private static CsvTable Read(string text) => CsvTable.Read(text, maxRows: 100, maxCellLength: 10);
}

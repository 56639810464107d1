using System.Text;
using AuditTracker.People;
using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.People;

public sealed class PeopleFileTests
{
    private static readonly Encoding Cp932 = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    [Fact]
    public void Both_samples_give_the_same_120_people()
    {
        var (utf8, sjis) = (Sample("people-utf8.csv"), Sample("people-sjis.csv"));
        Assert.Equal((TextEncoding.Utf8WithBom, TextEncoding.Cp932), (utf8.Encoding, sjis.Encoding));
        Assert.Empty(utf8.Errors.Concat(sjis.Errors));
        Assert.Equal(120, utf8.Rows.Count);
        Assert.Equal(utf8.Rows, sjis.Rows);
        Assert.Equal(Enum.GetValues<PeopleField>().Where(field => field < PeopleField.LeaveKind), utf8.Columns.Order());
        Assert.Equal(2, utf8.Rows.Count(row => row.LeftOn is not null));
        Assert.DoesNotContain(utf8.Rows, row => row.ManagerOutsideFile);
    }

    [Fact]
    public void Leading_zeros_and_names_survive()
    {
        var person = Sample("people-sjis.csv").Rows[4];
        Assert.Equal(
            new PeopleFileRow(6, "000005", "髙橋 由美子", "タカハシ ユミコ", "yumiko.takahashi.5@hibari-net.example", "D100", "経営企画室", "部長", "正社員", new(2023, 9, 9), null, "000001", false),
            person);
    }

    [Fact]
    public void Without_a_BOM_it_is_the_same_file() =>
        Assert.Equal(Sample("people-utf8.csv").Rows, PeopleFile.Read(Bytes("people-utf8.csv")[3..]).Rows);

    [Fact]
    public void Names_stay_as_typed_and_numbers_mail_kana_and_dates_are_normalised()
    {
        var file = Lines("０００１,　塚本　隆 ,ﾂｶﾓﾄ ﾀｶｼ,ｔ.tsukamoto@hibari-net.example,Ｄ１００,㈱ひばり,,,R元.5.1,,");
        var row = Assert.Single(file.Rows);
        Assert.Equal(("0001", "塚本　隆", "ツカモト タカシ", "t.tsukamoto@hibari-net.example"), (row.EmployeeNo, row.Name, row.NameKana, row.Email));
        Assert.Equal(("D100", "㈱ひばり", new DateOnly(2019, 5, 1)), (row.DepartmentCode, row.DepartmentName, row.HiredOn));
    }

    [Theory]
    [InlineData("2026/11/1")]
    [InlineData("2026-11-01")]
    [InlineData("20261101")]
    [InlineData("令和8年11月1日")]
    [InlineData("R8.11.1")]
    [InlineData("2026/11/01 0:00:00")]
    public void Dates_of_every_export_are_read(string date) =>
        Assert.Equal(new DateOnly(2026, 11, 1), Assert.Single(Lines(Person("0001", hired: date)).Rows).HiredOn);

    [Fact]
    public void Formulas_are_text() =>
        Assert.Equal("=HYPERLINK(1)", Assert.Single(Lines(Person("0001", name: "=HYPERLINK(1)")).Rows).Name);

    [Fact]
    public void Columns_may_come_in_any_order_and_unknown_ones_are_reported()
    {
        var file = PeopleFile.Read(Encoding.UTF8.GetBytes("血液型,Hire Date,部門,ＥＭＡＩＬ,部門コード,氏名, 社員Ｎｏ\nA,2020/4/1,総務部,a@b.example,D1,山田 花子,0001\n"));
        Assert.Empty(file.Errors);
        Assert.Equal(["血液型"], file.IgnoredColumns);
        Assert.Equal(("0001", "山田 花子", "総務部"), (file.Rows[0].EmployeeNo, file.Rows[0].Name, file.Rows[0].DepartmentName));
        Assert.DoesNotContain(PeopleField.ManagerNo, file.Columns);
    }

    [Fact]
    public void A_missing_column_is_named()
    {
        var file = PeopleFile.Read(Encoding.UTF8.GetBytes("社員番号,氏名,部署コード,部署名,入社日\n0001,山田,D1,総務部,2020/4/1\n"));
        Assert.Equal((1, "email", "ImportColumnMissing"), Only(file));
        Assert.Empty(file.Rows);
    }

    [Fact]
    public void The_same_column_twice_is_refused() =>
        Assert.Equal((1, "name", "ImportColumnTwice"), Only(PeopleFile.Read(Encoding.UTF8.GetBytes(Header + ",社員名\n" + Person("0001") + ",x\n"))));

    public static TheoryData<string, string, string> BadLines => new()
    {
        { "0002,,ヤマダ,b@b.example,D100,総務部,,,2020/4/1,,", "name", "ImportCellEmpty" },
        { Person("0002", hired: "2026/13/1"), "hiredOn", "ImportNotADate" },
        { Person("0002", hired: "2026/2/29"), "hiredOn", "ImportNotADate" },
        { Person("0002", hired: "8.11.22"), "hiredOn", "ImportDateAmbiguous" },
        { Person("0002", hired: "11/22"), "hiredOn", "ImportDateWithoutYear" },
        { Person("0002", hired: "H31.5.1"), "hiredOn", "ImportDateOutsideEra" },
        { Person("0002", hired: ""), "hiredOn", "ImportCellEmpty" },
        { Person("0002", left: "2020/3/31"), "leftOn", "ImportLeftBeforeHired" },
        { Person("0002", mail: "b@b"), "email", "ImportBadMail" },
        { Person("0002", mail: "b b@b.example"), "email", "ImportBadMail" },
        { Person("0002", mail: "山田@b.example"), "email", "ImportBadMail" },
        { Person("0002", manager: "0002"), "managerNo", "ImportOwnManager" },
        { Person("0002", department: "人事部"), "departmentName", "ImportCodeWithTwoNames" },
        { Person("0002", name: "山\uE000田"), "name", "ImportBadCharacter" },
        { Person("0002", name: "山\uFFFD田"), "name", "ImportBadCharacter" },
        { Person("0002", name: "\"山\n田\""), "name", "ImportBadCharacter" },
        { Person("0002", name: new string('山', 1_001)), "name", "ImportCellTooLong" },
        { Person("0002") + ",", "", "ImportCellCount" },
        { Person("0002", name: "\"山田"), "", "ImportQuoteOpen" },
        { Person("0002", name: "\"山\"田"), "", "ImportTextAfterQuote" },
    };

    [Theory]
    [MemberData(nameof(BadLines))]
    public void A_bad_line_is_named_with_its_column_and_the_others_are_read(string bad, string field, string key)
    {
        var file = Lines(Person("0001"), bad);
        Assert.Equal((3, field, key), Only(file));
        Assert.Equal("0001", Assert.Single(file.Rows).EmployeeNo);
    }

    [Fact]
    public void The_same_number_or_address_names_both_lines()
    {
        var file = Lines(Person("0001", mail: "a@b.example"), Person("0002"), Person("0001", mail: "A@B.example"));
        Assert.Equal([(2, "employeeNo", 4), (2, "email", 4), (4, "employeeNo", 2), (4, "email", 2)], file.Errors.Select(error => (error.Line, error.FieldName, (int)error.Args[1])));
        Assert.Equal(["0002"], file.Rows.Select(row => row.EmployeeNo));
    }

    [Fact]
    public void A_circle_of_managers_names_its_chain_once()
    {
        var file = Lines(Person("0009", manager: "0001"), Person("0001", manager: "0002"), Person("0002", manager: "0003"), Person("0003", manager: "0001"));
        Assert.Equal((3, "managerNo", "ImportManagerCircle"), Only(file));
        Assert.Equal("0001 → 0002 → 0003 → 0001", file.Errors[0].Args[0]);
    }

    [Fact]
    public void A_manager_who_is_not_in_the_file_is_flagged() =>
        Assert.Equal([false, true, false], Lines(Person("0001"), Person("0002", manager: "9999"), Person("0003", manager: "0001")).Rows.Select(row => row.ManagerOutsideFile));

    [Fact]
    public void Wrong_encodings_and_workbooks_say_so()
    {
        var text = Header + "\n" + Person("0001") + "\n";
        Assert.Equal((1, "", "ImportUtf16"), Only(PeopleFile.Read([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)])));
        Assert.Equal((3, "", "ImportUndecodable"), Only(PeopleFile.Read([.. Encoding.UTF8.GetBytes(text), 0xFF, 0x0A])));
        Assert.Equal((1, "", "ImportDamagedWorkbook"), Only(PeopleFile.Read([.. "PK\u0003\u0004"u8])));
        Assert.Empty(PeopleFile.Read(Cp932.GetBytes(text)).Errors);
    }

    [Fact]
    public void A_file_without_people_says_so()
    {
        Assert.Equal((1, "", "ImportFileEmpty"), Only(PeopleFile.Read([])));
        Assert.Equal((1, "", "ImportNoPeople"), Only(Lines()));
        Assert.Equal((1, "", "ImportFileTooLarge"), Only(PeopleFile.Read(new byte[PeopleFile.MaxBytes + 1])));
    }

    [Fact]
    public void More_than_100_000_people_are_refused()
    {
        var file = Lines([.. Enumerable.Range(0, PeopleFile.MaxRows + 5).Select(number => Person(number.ToString("D6", null)))]);
        Assert.Equal((PeopleFile.MaxRows + 2, "", "ImportTooManyRows"), Only(file));
    }

    [Fact]
    public void Garbage_never_throws()
    {
        var random = new Random(20261124);
        var sample = Bytes("people-utf8.csv");
        string[] letters = [",", ",", ",", "\"", "\n", "\r\n", "=", "0", "1", "2026/", "-", "R", "令和", " ", "山", "@", ".", "a", "\u3000", "𠮷", "\uE000", "\t"];
        for (var round = 0; round < 300; round++)
        {
            var noise = new byte[random.Next(0, 400)];
            random.NextBytes(noise);
            var torn = sample[..random.Next(0, sample.Length)].ToArray();
            for (var hit = 0; hit < 5 && torn.Length > 0; hit++)
            {
                torn[random.Next(torn.Length)] = (byte)random.Next(1, 256);
            }

            var cells = Header + "\n" + string.Concat(Enumerable.Range(0, 300).Select(_ => letters[random.Next(letters.Length)]));
            foreach (var bytes in new[] { noise, torn, Encoding.UTF8.GetBytes(cells) })
            {
                var file = PeopleFile.Read(bytes);
                Assert.True(file.Rows.Count > 0 || file.Errors.Count > 0);
                Assert.All(file.Errors, error => Assert.NotEmpty(error.In(RoomWords.Japanese)));
            }
        }
    }

    private const string Header = "社員番号,氏名,氏名カナ,メールアドレス,部署コード,部署名,役職,雇用区分,入社日,退職日,上長社員番号";

    private static string Person(
        string number, string name = "山田 花子", string? mail = null, string department = "総務部", string hired = "2020/4/1", string left = "", string manager = "") =>
        $"{number},{name},ヤマダ ハナコ,{mail ?? number + "@hibari-net.example"},D100,{department},,正社員,{hired},{left},{manager}";

    private static PeopleFile Lines(params string[] lines) => PeopleFile.Read(Encoding.UTF8.GetBytes(Header + "\n" + string.Join('\n', lines)));

    private static (int Line, string Field, string Key) Only(PeopleFile file)
    {
        var error = Assert.Single(file.Errors);
        return (error.Line, error.FieldName, error.Key);
    }

    private static byte[] Bytes(string sample) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "samples", sample));

    private static PeopleFile Sample(string sample) => PeopleFile.Read(Bytes(sample));
}

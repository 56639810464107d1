using System.Text;
using AuditTracker.People;
using AuditTracker.Tests.Support;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.People;

/// <summary>Tags: how they are read, and what a file with or without their column makes of them.</summary>
public sealed class PersonTagsTests : ImportTests
{
    [Theory]
    [InlineData("NOC、在宅勤務", "NOC、在宅勤務")]
    [InlineData("在宅勤務;NOC", "NOC、在宅勤務")]
    [InlineData(" ＮＯＣ，　在宅勤務；ﾃﾚﾜｰｸ､NOC,", "NOC、テレワーク、在宅勤務")]
    [InlineData("𠮷野家担当、﨑", "﨑、𠮷野家担当")]
    [InlineData("個人情報 取扱者", "個人情報 取扱者")]
    [InlineData(" 、;, ", "")]
    [InlineData("", "")]
    public void Tags_are_read_after_NFKC_each_once_in_one_order(string typed, string tags)
    {
        Assert.Equal(tags, PersonTags.Text(PersonTags.Read(typed)));
        Assert.Equal(tags, PersonTags.Text(PersonTags.Read(tags)));
    }

    [Theory]
    [InlineData("NOC", true)]
    [InlineData("ＮＯＣ", false)]
    [InlineData(" NOC", false)]
    [InlineData("NOC、在宅", false)]
    [InlineData("NO\0C", false)]
    [InlineData("", false)]
    public void One_tag_is_what_would_be_stored(string text, bool isTag) => Assert.Equal(isTag, PersonTags.IsTag(text));

    [Fact]
    public void Twenty_tags_of_forty_characters_are_taken_and_more_are_errors_with_line_and_column()
    {
        var longest = string.Concat(Enumerable.Repeat("𠮷", 40));
        Assert.Empty(Read(longest).Errors);
        Assert.Equal((2, "tags", "ImportTagTooLong"), (Read(longest + "x").Errors[0].Line, Read(longest + "x").Errors[0].FieldName, Assert.Single(Read(longest + "x").Errors).Key));
        var twenty = string.Join(';', Enumerable.Range(1, 20).Select(number => $"t{number}"));
        Assert.Empty(Read(twenty + ";t1").Errors);
        Assert.Equal("2行目 タグ：タグが21個あります。20個までにしてください。", Assert.Single(Read(twenty + ";t21").Errors).In(RoomWords.Japanese));

        static PeopleFile Read(string tags) => PeopleFile.Read(File(tags));
    }

    [Theory]
    [InlineData("タグ")]
    [InlineData("Tags")]
    public async Task A_column_gives_and_clears_tags_and_a_file_without_it_leaves_them(string head)
    {
        await Manager.ImportAsync(File("NOC;在宅勤務", head), "?apply=true");
        Assert.Equal(["NOC", "在宅勤務"], await TagsAsync());

        var entries = await App.Database.ScalarAsync<long>("select count(*) from trail.entries where what like 'person\\_tags.%'");
        Assert.Equal(2, entries);
        var (_, same) = await Manager.ImportAsync(File("在宅勤務、ＮＯＣ", head), "?apply=true");
        Assert.Equal((0, 1), (same!.Changed, same.Unchanged));
        var (_, without) = await Manager.ImportAsync(Lines(Person("0001")), "?apply=true");
        Assert.Equal((0, 1), (without!.Changed, without.Unchanged));
        Assert.Equal(["NOC", "在宅勤務"], await TagsAsync());

        var difference = await App.Get<ImportPeople>().CompareAsync(PeopleFile.Read(File("NOC;個人情報取扱者", head)), null);
        Assert.Equal([new FieldChange(PeopleField.Tags, "NOC、在宅勤務", "NOC、個人情報取扱者")], difference.People[0].Changes);
        await Manager.ImportAsync(File("NOC;個人情報取扱者", head), "?apply=true");
        Assert.Equal(["NOC", "個人情報取扱者"], await TagsAsync());
        Assert.Equal(2, await App.Database.ScalarAsync<int>("select version from people where employee_no = '0001'"));

        var (_, cleared) = await Manager.ImportAsync(File("", head), "?apply=true");
        Assert.Equal(1, cleared!.Changed);
        Assert.Empty(await TagsAsync());
        // What a tag says about somebody can be erased without breaking the trail.
        Assert.Equal(6, await App.Database.ScalarAsync<long>("select count(*) from trail.entry_values v join trail.entries e on e.id = v.entry_id where e.what like 'person\\_tags.%' and v.name = 'tag'"));
    }

    [Fact]
    public async Task A_column_with_a_foreign_head_is_chosen_once_and_remembered()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(File("NOC", "属性")), "file", "people.csv" }, { new StringContent("""{"属性":"tags"}"""), "columns" } };
        (await Manager.PostAsync("/api/people/import?apply=true", form)).EnsureSuccessStatusCode();
        Assert.Equal(["NOC"], await TagsAsync());
        await Manager.ImportAsync(File("VPN", "属性"), "?apply=true");
        Assert.Equal(["VPN"], await TagsAsync());
    }

    [Fact]
    public async Task Tags_are_part_of_the_whole_record_and_hidden_from_who_sees_names_alone()
    {
        await App.Database.ArrangeAsync("insert into person_tags (person_id, tag) values (@PersonId, '在宅勤務'), (@PersonId, 'NOC')", new { Cast.Alice.PersonId });
        Assert.Equal(["NOC", "在宅勤務"], (await SeenByAsync(Cast.Manami)).Tags!);
        Assert.Equal(["NOC", "在宅勤務"], (await SeenByAsync(Cast.Alice)).Tags!);
        Assert.Null((await SeenByAsync(Cast.Adam)).Tags);
        Assert.Empty((await App.As(Cast.Bob).AllAsync<PersonEntry>("/api/people")).Single().Tags!);
    }

    private static byte[] File(string tags, string head = "タグ") => Encoding.UTF8.GetBytes($"{Header},{head}\n{Person("0001")},\"{tags}\"\n");

    private async Task<PersonEntry> SeenByAsync(Cast.Member member) => (await App.As(member).AllAsync<PersonEntry>("/api/people")).Single(person => person.EmployeeNo == Cast.Alice.EmployeeNo);

    private async Task<string[]> TagsAsync() => (await Manager.AllAsync<PersonEntry>("/api/people")).Single(person => person.EmployeeNo == "0001").Tags!;
}

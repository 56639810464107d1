using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.Platform;

public sealed class YamlFileTests
{
    private sealed class Sample
    {
        public string TitleJa { get; set; } = "";
        public List<string> Mapped2022 { get; set; } = [];
        public bool Group { get; set; }
    }

    [Fact]
    public void Snake_case_keys_fill_properties_and_unknown_keys_are_left_alone()
    {
        var sample = YamlFile.Parse<Sample>("title_ja: 表題\nmapped_2022: ['A.5.1', '4.10']\nnote_ja: 人のための覚え書き\n", "sample.yaml");

        Assert.Equal(("表題", "A.5.1,4.10", false), (sample.TitleJa, string.Join(",", sample.Mapped2022), sample.Group));
    }

    [Fact]
    public void A_fault_is_named_by_file_and_line()
    {
        var error = Assert.Throws<InvalidDataException>(() => YamlFile.Parse<Sample>("title_ja: a\ngroup: perhaps\n", "sample.yaml"));

        Assert.StartsWith("sample.yaml, line 2:", error.Message);
    }

    [Fact]
    public void An_empty_file_is_a_fault() =>
        Assert.Throws<InvalidDataException>(() => YamlFile.Parse<Sample>("# nothing\n", "sample.yaml"));
}

using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace AuditTracker.Platform.Web.Tags;

/// <summary><c>&lt;date on="Model.DueOn" form="long" /&gt;</c> (long, table, short); nothing for null.</summary>
[HtmlTargetElement("date", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class DateTag(WriteDate write) : TagHelper
{
    public DateOnly? On { get; set; }

    public string Form { get; set; } = "table";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (On is not { } on)
        {
            output.SuppressOutput();
            return;
        }

        output.Become("time");
        output.Attributes.SetAttribute("datetime", on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        output.Content.Append(write(on, Form));
    }
}

/// <summary><c>&lt;instant at="Model.HandedInAt" form="table" /&gt;</c> (long, table, clock, ledger); UTC in, Japanese time out; nothing for null.</summary>
[HtmlTargetElement("instant", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class InstantTag(WriteInstant write) : TagHelper
{
    public DateTime? At { get; set; }

    public string Form { get; set; } = "table";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (At is not { } at)
        {
            output.SuppressOutput();
            return;
        }

        output.Become("time");
        output.Attributes.SetAttribute("datetime", at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        output.Content.Append(write(at, Form));
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>
/// A form field: label, hint, error, control, in this order. Without content it writes the control itself (<c>type</c> text, date,
/// email, password, number, textarea, checkbox, file) and hands its other attributes to it; with content the input, select or
/// textarea inside is tied to hint and error. <c>group="true"</c> makes a fieldset for radios and checkboxes.
/// </summary>
[HtmlTargetElement("field")]
public sealed class FieldTag(IStringLocalizer<Words> words, IHtmlGenerator generator) : TagHelper
{
    /// <summary>The bound property.</summary>
    public ModelExpression AspFor { get; set; } = null!;

    public string Label { get; set; } = "";

    public string? Hint { get; set; }

    public string Type { get; set; } = "text";

    public int Rows { get; set; } = 4;

    /// <summary>Writes 必須 after the label; mark only the rarer of required and optional.</summary>
    public bool Required { get; set; }

    /// <summary>Writes 任意 after the label.</summary>
    public bool Optional { get; set; }

    public bool Group { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var name = View.ViewData.TemplateInfo.GetFullHtmlFieldName(AspFor.Name);
        var id = TagBuilder.CreateSanitizedId(name, generator.IdAttributeDotReplacement);
        var entry = View.ViewData.ModelState[name];
        var error = entry is { Errors.Count: > 0 } ? entry.Errors[0].ErrorMessage : null;
        var state = new FieldState(id, Hint is not null, error is not null);
        context.Items[typeof(FieldState)] = state;
        FieldOrder.Of(View.HttpContext).Add(name);

        var content = await output.GetChildContentAsync();
        IHtmlContent control = content;
        if (content.IsEmptyOrWhiteSpace && !Group)
        {
            control = Control(name, state, entry?.AttemptedValue ?? Written(AspFor.Model), [.. output.Attributes]);
            output.Attributes.Clear();
        }

        output.Become(Group ? "fieldset" : "div", error is null ? "field" : "field field-error");
        if (Type == "checkbox" && content.IsEmptyOrWhiteSpace)
        {
            AddHintAndError(output, state, error);
            output.Content.AppendHtml(Html.Element("label", "choice", control).Set("for", id).Add(Label));
            return;
        }

        var label = Html.Element(Group ? "legend" : "label", null, Label).Set("for", Group ? null : id);
        if (Required || Optional)
        {
            label.Add(Html.Element("span", "need", words[Required ? "Required" : "Optional"].Value));
        }

        output.Content.AppendHtml(label);
        AddHintAndError(output, state, error);
        output.Content.AppendHtml(Type == "file" ? Html.Element("div", "drop", control) : control);
    }

    private void AddHintAndError(TagHelperOutput output, FieldState state, string? error)
    {
        if (Hint is not null)
        {
            output.Content.AppendHtml(Html.Element("p", "hint", Hint).Set("id", state.HintId));
        }

        if (error is not null)
        {
            output.Content.AppendHtml(Html.Element("p", "error", Html.Mark(Shape.Late)).Set("id", state.ErrorId).Add(Html.Element("span", null, error)));
        }
    }

    private TagBuilder Control(string name, FieldState state, string? typed, IReadOnlyList<TagHelperAttribute> given)
    {
        var control = new TagBuilder(Type == "textarea" ? "textarea" : "input");
        if (Type == "textarea")
        {
            // A browser drops the first line end inside a textarea.
            control.Set("rows", Rows.ToString(CultureInfo.InvariantCulture)).Add("\n" + typed);
        }
        else
        {
            control.TagRenderMode = TagRenderMode.SelfClosing;
            control.Set("type", Type is "date" or "number" ? "text" : Type);
            control.Set("inputmode", Type is "date" or "number" ? "numeric" : null);
            control.Set("value", Type switch { "password" or "file" => null, "checkbox" => "true", _ => typed });
            control.Set("checked", Type == "checkbox" && IsTrue(typed) ? "checked" : null);
            control.Set("data-files", Type == "file" ? "" : null);
            control.Set("data-date", Type == "date" ? "" : null);
            control.Set("class", Type switch { "date" => "w-20", "number" => "w-5", _ => null });
        }

        foreach (var attribute in given)
        {
            control.Attributes[attribute.Name] = attribute.Value?.ToString() ?? "";
        }

        return control.Set("id", state.Id).Set("name", name)
            .Set("aria-describedby", state.Described).Set("aria-invalid", state.Failed ? "true" : null);
    }

    private static bool IsTrue(string? typed) => typed?.Split(',')[0].Equals("true", StringComparison.OrdinalIgnoreCase) == true;

    private static string? Written(object? value) => value is DateOnly on
        ? on.ToString("yyyy'/'M'/'d", CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture);
}

/// <summary>The names of a page's fields as they stand on it; the page is written before the layout that sums up its errors.</summary>
internal static class FieldOrder
{
    public static List<string> Of(HttpContext http)
    {
        if (http.Items[typeof(FieldOrder)] is not List<string> names)
        {
            http.Items[typeof(FieldOrder)] = names = [];
        }

        return names;
    }
}

/// <summary>What a control inside a field must know.</summary>
internal sealed record FieldState(string Id, bool HasHint, bool Failed)
{
    private int radios;

    public string HintId => Id + "-hint";

    public string ErrorId => Id + "-error";

    public string? Described => (HasHint, Failed) switch
    {
        (true, true) => $"{HintId} {ErrorId}",
        (true, false) => HintId,
        (false, true) => ErrorId,
        _ => null,
    };

    /// <summary>The first radio carries the field's id (the error summary links to it), the others a number.</summary>
    public string NextChoiceId() => ++radios == 1 ? Id : $"{Id}-{radios}";
}

/// <summary>Ties a control that stands inside a field to its hint and error.</summary>
[HtmlTargetElement("input", TagStructure = TagStructure.WithoutEndTag), HtmlTargetElement("select"), HtmlTargetElement("textarea")]
public sealed class ControlTag : TagHelper
{
    /// <summary>After the framework's own helpers have written id and name.</summary>
    public override int Order => 10;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (!context.Items.TryGetValue(typeof(FieldState), out var item) || item is not FieldState field)
        {
            return;
        }

        var type = output.Attributes["type"]?.Value?.ToString();
        if (type is "hidden" or "submit")
        {
            return;
        }

        var many = type is "radio" or "checkbox";
        if (many || output.Attributes["id"] is null)
        {
            output.Attributes.SetAttribute("id", many ? field.NextChoiceId() : field.Id);
        }

        if (!many && field.Described is { } described)
        {
            output.Attributes.SetAttribute("aria-describedby", described);
        }

        if (field.Failed)
        {
            output.Attributes.SetAttribute("aria-invalid", "true");
        }
    }
}

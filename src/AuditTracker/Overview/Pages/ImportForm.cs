using AuditTracker.Calendar;
using AuditTracker.People;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>How a previewed file is to be taken, as typed, and the totals that were on the page when it was sent.</summary>
public sealed class ImportForm
{
    public string? Effective { get; set; }
    public bool MissingLeave { get; set; }
    public string? On { get; set; }
    public bool ManyMayLeave { get; set; }

    /// <summary>The person ticked that the lines with errors are left out.</summary>
    public bool SkipErrors { get; set; }
    public int Added { get; set; }
    public int Changed { get; set; }
    public int Leaving { get; set; }
    public int Missing { get; set; }
    public int Unchanged { get; set; }

    public ImportTotals Shown => new(Added, Changed, Leaving, Missing, Unchanged);

    /// <summary>The terms, or null with the errors at their fields.</summary>
    public ImportTerms? Read(DateOnly today, ModelStateDictionary errors, IStringLocalizer words)
    {
        var effective = Day(Effective, "Input.Effective") ?? today;
        var on = MissingLeave ? Day(On, "Input.On") : null;
        if (MissingLeave && string.IsNullOrWhiteSpace(On))
        {
            errors.TryAddModelError("Input.On", words["ImportMissingWithoutDay"]);
        }

        return errors["Input.Effective"]?.Errors.Count > 0 || errors["Input.On"]?.Errors.Count > 0 ? null : new(effective, on);

        DateOnly? Day(string? text, string field)
        {
            var reading = DateInput.Parse(text);
            if (reading.Problem is not (null or DateProblem.Empty) && !(errors[field]?.Errors.Count > 0))
            {
                errors.TryAddModelError(field, words.Unread(text));
            }

            return reading.Day;
        }
    }
}

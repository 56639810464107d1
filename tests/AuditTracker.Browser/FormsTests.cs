using AuditTracker.Browser.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>Every form of every page, filled in wrongly: what is wrong is said first, nothing that was typed is lost; with script and without.</summary>
[Collection(InTheOffice.Name)]
public sealed class FormsTests(Chromium chromium, Office office)
{
    /// <summary>They take any address: who has an account is nobody's business.</summary>
    private static readonly string[] TakesAnything = ["/password-reset", "/sign-in/mail", "/sign-in/mail/code"];

    [Theory, InlineData("ja", true), InlineData("en", false)]
    public async Task A_refused_form_says_so_first_leads_to_its_fields_and_keeps_what_was_typed(string language, bool script)
    {
        var found = new List<string>();
        var sent = 0;
        foreach (var side in office.Pages.GroupBy(page => Office.Reader(page.Key)))
        {
            await using var visitor = await chromium.VisitAsync(office.App, side.Key, language, script: script);
            foreach (var (route, path) in side.Where(page => !TakesAnything.Contains(page.Key)))
            {
                await visitor.OpenAsync(path);
                var forms = await visitor.Page.EvaluateAsync<int[]>(Typed);
                foreach (var form in forms)
                {
                    if (form != forms[0])
                    {
                        await visitor.OpenAsync(path);
                    }
                    if (await visitor.Page.EvaluateAsync<string?>(FillWrongly, form) is not { } typed)
                    {
                        continue;
                    }
                    sent++;
                    var answer = await visitor.Page.RunAndWaitForResponseAsync(
                        () => visitor.Page.Locator("main [data-send]").EvaluateAsync("b => b.click()"),
                        response => response.Request is { Method: "POST", ResourceType: "document" });
                    await visitor.Page.Locator("html:not([data-left]) main").WaitForAsync(new() { State = WaitForSelectorState.Attached });
                    if (answer.Status is not (400 or 409))
                    {
                        found.Add($"{route} form {form}: answers {answer.Status}");
                        continue;
                    }
                    // Without script the browser gives the focus when it paints; where it never does, the look below says so.
                    await visitor.Page.EvaluateAsync("async () => { for (let i = 0; i < 40 && document.activeElement === document.body; i++) await new Promise(go => setTimeout(go, 50)); }");
                    found.AddRange((await visitor.Page.EvaluateAsync<string[]>(Refused, typed)).Select(trouble => $"{route} form {form}: {trouble}"));
                    if (!(await visitor.Page.TitleAsync()).StartsWith(visitor.Say("エラー：", "Error: "), StringComparison.Ordinal))
                    {
                        found.Add($"{route} form {form}: is titled {await visitor.Page.TitleAsync()}");
                    }
                }
            }
            found.AddRange(visitor.Troubles);
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(sent > 30, $"{sent} forms");
    }

    /// <summary>Numbers of the forms somebody types into; a search for a person alone can hold nothing wrong.</summary>
    private const string Typed = """
        () => [...document.querySelectorAll("main form[method=post]")].map((f, i) => f.querySelector("input:is([type=text], [type=email], [type=password], :not([type])):not(.hidden), textarea") ? i : -1).filter(i => i >= 0)
        """;

    /// <summary>Dates that can be read in two ways, numbers that are none, texts that are too long; marks the button that goes on. Tells what was typed.</summary>
    private const string FillWrongly = """
        at => {
          const form = document.querySelectorAll("main form[method=post]")[at], typed = [];
          for (const f of form.elements) {
            if (!f.name || f.name.startsWith("__") || f.type === "hidden" || f.readOnly || f.disabled) continue;
            if (f.matches("textarea") || ["text", "email", "search", "password"].includes(f.type)) {
              f.removeAttribute("maxlength");
              f.value = f.inputMode === "numeric" ? "8.11.22" : f.type === "password" ? "x" : (f.value + "長".repeat(25000)).slice(0, 25000);
              if (f.type !== "password" && !f.matches("[autocomplete=one-time-code]")) typed.push([f.name, f.value]);
            } else if (f.type === "checkbox") {
              f.checked = true;
              typed.push([f.name, f.value, f.checked]);
            }
          }
          const buttons = [...form.elements].filter(e => e.matches("button:not([type=button], [formnovalidate], .hidden)"));
          const go = buttons.find(b => b.matches(".primary, .danger")) ?? buttons[0];
          if (!go) return null;
          go.dataset.send = document.documentElement.dataset.left = "";
          return JSON.stringify(typed);
        }
        """;

    private const string Refused = """
        typed => {
          const troubles = [], summary = document.querySelector("main .errors");
          if (!summary) return ["no summary of errors: " + document.querySelector("main").innerText.slice(0, 200)];
          if (document.activeElement !== summary) troubles.push("the focus is on " + document.activeElement.outerHTML.slice(0, 100));
          for (const link of summary.querySelectorAll("a")) {
            const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
            if (!field?.matches("input, select, textarea, fieldset, a[href]")) troubles.push("leads nowhere: " + link.outerHTML);
            else if (field.closest("details:not([open])")) troubles.push("leads into something closed: " + link.outerHTML);
          }
          const fields = [...document.querySelectorAll("main form[method=post] :is(input, textarea)")];
          for (const [name, value, checked] of JSON.parse(typed)) {
            const same = fields.filter(f => f.name === name);
            if (checked === undefined ? !same.some(f => f.value === value) : !same.some(f => f.value === value && f.checked === checked))
              troubles.push(`lost what was typed as ${name}: ${same.map(f => f.type === "checkbox" ? f.checked : f.value.slice(0, 20) + " " + f.value.length)}`);
          }
          return troubles;
        }
        """;
}

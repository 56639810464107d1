using AuditTracker.Browser.Support;

namespace AuditTracker.Browser;

/// <summary>A day is read as people write it, wherever one is asked for.</summary>
[Collection(InTheOffice.Name)]
public sealed class DatesTests(Chromium chromium, Office office)
{
    /// <summary>Filters that take a day: in eras, in full-width digits and plainly it is the same day; read in two ways it is said so.</summary>
    [Theory]
    [InlineData("/people", "on"), InlineData("/people/departments", "on"), InlineData("/company/appointments", "on"), InlineData("/company/deadlines", "from"), InlineData("/controls/coverage/ahead", "on"),
     InlineData("/evidence/collections?state=all", "dueFrom"), InlineData("/evidence/collections?state=all", "dueBefore"), InlineData("/trail", "from"), InlineData("/trail", "to")]
    public async Task A_filter_reads_eras_and_full_width_digits_as_the_same_day(string list, string field)
    {
        await using var manami = await chromium.VisitAsync(office.App, Tests.Support.Cast.Manami);
        await manami.OpenAsync("/");
        Task<string> ReadAsync(string typed) => manami.Page.EvaluateAsync<string>("""
            async ([list, field, typed]) => {
              const at = new URL(list, location.href);
              at.searchParams.set(field, typed);
              const main = new DOMParser().parseFromString(await (await fetch(at)).text(), "text/html").querySelector("main");
              // What was typed stands in its field, in chips and addresses; what was read is in the rest.
              main.querySelectorAll("form.filters, .chips, .crumbs, .tabs, .empty a, details").forEach(e => e.remove());
              return main.textContent.replace(/\d+:\d\d(:\d\d)?/g, "").replace(/\s+/g, " ").trim();
            }
            """, new[] { list, field, typed });
        var plain = await ReadAsync("2026/12/22");
        Assert.DoesNotContain("4044", plain);
        foreach (var typed in new[] { "R8.12.22", "２０２６／１２／２２", "令和8年12月22日", "20261222" })
        {
            Assert.Equal((typed, plain), (typed, await ReadAsync(typed)));
        }
        Assert.NotEqual(plain, await ReadAsync("2025/1/6"));
    }

    /// <summary>Every date field of every form, each sent as its page shows the form: the spellings of one day and the examples of its own hint are read, others say how to write it and stay.</summary>
    [Fact]
    public async Task A_form_reads_dates_as_people_write_them_and_says_what_to_do_about_others()
    {
        // Forms that are taken change the company, so it is one of this test's own.
        var own = new Office();
        await own.InitializeAsync();
        try
        {
            var (found, fields) = (new List<string>(), 0);
            await using var manami = await chromium.VisitAsync(own.App, Tests.Support.Cast.Manami);
            await using var adam = await chromium.VisitAsync(own.App, Tests.Support.Cast.Adam);
            foreach (var (route, path) in own.Pages.Where(page => Office.Reader(page.Key) is not null))
            {
                // Roles are the administrator's to give.
                var visitor = route is "/accounts/{id:long}" or "/health" ? adam : manami;
                if (visitor.Page.Url == "about:blank")
                {
                    await visitor.OpenAsync("/");
                }
                var answer = await visitor.Page.EvaluateAsync<string[]>(SendDates, path).WaitAsync(TimeSpan.FromMinutes(2));
                fields += int.Parse(answer[0], System.Globalization.CultureInfo.InvariantCulture);
                found.AddRange(answer[1..].Select(trouble => $"{route} {trouble}"));
            }
            Assert.True(found.Count == 0, string.Join("\n", found));
            Assert.True(fields > 25, $"{fields} date fields");
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    private const string SendDates = """
        async path => {
          const at = new URL(path, location.href), troubles = [];
          const ask = (to, how) => fetch(to, { ...how, signal: AbortSignal.timeout(20000) }).catch(e => { throw new Error(`${to}: ${e}`); });
          const parse = async answer => new DOMParser().parseFromString(await answer.text(), "text/html");
          const forms = page => [...page.querySelectorAll("main form")].filter(f => f.getAttribute("method") === "post");
          const dates = form => [...form.querySelectorAll("input[data-date]")];
          const texts = (field, kind) => (field.getAttribute("aria-describedby") ?? "").split(" ").map(id => field.ownerDocument.getElementById(id)).filter(e => e?.matches(kind)).map(e => e.textContent.trim()).join(" ");
          // How the form is answered when this field holds that; what must be said beside it is.
          const send = async (form, name, typed) => {
            const body = new FormData(form);
            for (const other of dates(form)) if (!other.value && !other.closest(".field")?.textContent.includes("任意")) body.set(other.name, "2026/12/22");
            body.set(name, typed);
            const go = form.querySelector("button.primary, button.danger") ?? form.querySelector("button:not([formnovalidate]):not(.hidden)");
            if (go.name) body.set(go.name, go.value);
            const to = new URL(go.getAttribute("formaction") ?? form.getAttribute("action") ?? path, at);
            const answer = await ask(to, { method: "POST", body: form.getAttribute("enctype") === "multipart/form-data" ? body : new URLSearchParams(body), redirect: "manual" });
            if (answer.type === "opaqueredirect") return { taken: true };
            const field = (await parse(answer)).querySelector(`main form input[data-date][name="${name}"]`);
            return { status: answer.status, value: field?.value, error: field?.getAttribute("aria-invalid") === "true" ? texts(field, ".error") : "" };
          };
          const all = [];
          for (const [i, form] of forms(await parse(await ask(at))).entries()) {
            for (const field of dates(form)) {
              const name = field.name;
              all.push([i, name, texts(field, ".hint")]);
              for (const [typed, says] of [["8.11.22", /2通り.*R8\.11\.22/], ["2026/13/1", /R\d+\.\d+\.\d+|\d{4}\/\d+\/\d+ の形/]]) {
                const answer = await send(form, name, typed);
                if (answer.taken || answer.status !== 400) troubles.push(`${name} "${typed}": answers ${answer.taken ? "yes" : answer.status}`);
                else if (!answer.error.includes(`「${typed}」`) || !says.test(answer.error)) troubles.push(`${name} "${typed}": says "${answer.error}"`);
                else if (answer.value !== typed) troubles.push(`${name} "${typed}": holds "${answer.value}"`);
              }
            }
          }
          let now = forms(await parse(await ask(at)));
          for (const [i, name, hint] of all) {
            const examples = [...hint.matchAll(/例[：: ]\s*([^。]*)/g)].flatMap(m => m[1].split("、")).map(e => e.trim()).filter(e => /\d/.test(e));
            for (const typed of new Set(["R8.12.22", "令和8年4月1日", "２０２６／４／１", ...examples])) {
              if (!now[i] || !dates(now[i]).some(f => f.name === name)) break; // What was taken needs no form any more.
              const answer = await send(now[i], name, typed);
              if (answer.taken) now = forms(await parse(await ask(at)));
              else if (answer.error && /読めません|2通り|年がありません|元号|曜日|日付ではありません/.test(answer.error)) troubles.push(`${name} "${typed}": says "${answer.error}"`);
            }
          }
          const count = all.length;
          return [`${count}`, ...troubles];
        }
        """;
}

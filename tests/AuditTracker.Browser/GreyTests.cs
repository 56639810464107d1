using AuditTracker.Browser.Support;
using AuditTracker.Platform.Web;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>A copy without colours still tells every state apart, by day and by night.</summary>
[Collection(InTheOffice.Name)]
public sealed class GreyTests(Chromium chromium, Office office)
{
    [Theory, InlineData(ColorScheme.Light), InlineData(ColorScheme.Dark)]
    public async Task Shapes_differ_without_their_colours(ColorScheme scheme)
    {
        await using var manami = await SeeGreyAsync(scheme, "/evidence/collections");
        await manami.Page.EvaluateAsync("""
            shapes => document.querySelector("main").prepend(...shapes.map(([tone, symbol]) => {
              const box = document.createElement("span");
              box.className = `s s-${tone}`;
              box.innerHTML = `<svg class="shape" id="grey-${symbol}" width="56" height="56" aria-hidden="true"><use href="#${symbol}"/></svg>`;
              return box;
            }))
            """, Enum.GetValues<Shape>().Select(shape => new[] { shape.Tone(), shape.Symbol() }).ToArray());
        var pictures = new Dictionary<string, string>();
        foreach (var shape in Enum.GetValues<Shape>())
        {
            pictures[shape.ToString()] = Convert.ToBase64String(await manami.Page.Locator($"#grey-{shape.Symbol()}").ScreenshotAsync());
        }
        await using var blank = await chromium.VisitAsync(office.App);
        var alike = await blank.Page.EvaluateAsync<string[]>("""
            async pictures => {
              // Each picture as dark or light, whatever its two greys are.
              const drawn = await Promise.all(Object.entries(pictures).map(async ([name, data]) => {
                const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
                const sheet = new OffscreenCanvas(56, 56).getContext("2d");
                sheet.drawImage(image, 0, 0, 56, 56);
                const bytes = sheet.getImageData(0, 0, 56, 56).data;
                const corner = bytes[0], ink = Array.from({ length: 56 * 56 }, (_, i) => Math.abs(bytes[4 * i] - corner) > 40);
                return [name, ink];
              }));
              const share = (a, b) => a.filter((dark, i) => dark !== b[i]).length / a.length;
              return [
                ...drawn.filter(([, ink]) => !ink.includes(true)).map(([name]) => `${name} cannot be seen`),
                ...drawn.flatMap(([name, ink], i) => drawn.slice(i + 1).filter(([, other]) => share(ink, other) < 0.08).map(([other]) => `${name} looks like ${other}`)),
              ];
            }
            """, pictures);
        Assert.Empty(alike);
    }

    [Theory, InlineData(ColorScheme.Light), InlineData(ColorScheme.Dark)]
    public async Task Charts_and_the_year_can_be_read_without_colours(ColorScheme scheme)
    {
        await using var manami = await SeeGreyAsync(scheme, "/controls/coverage");
        // Neighbours in the bar differ in lightness (L*), or one of them is hatched.
        Assert.Empty(await manami.Page.EvaluateAsync<string[]>("""
            () => {
              const lightness = name => {
                const probe = document.createElementNS("http://www.w3.org/2000/svg", "rect");
                probe.setAttribute("class", name);
                document.querySelector("main svg").append(probe);
                const [r, g, b] = getComputedStyle(probe).fill.match(/[\d.]+/g).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                probe.remove();
                const y = .2126 * r + .7152 * g + .0722 * b;
                return y > .008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
              };
              const fills = ["fill-done", "fill-move", "fill-warn", "fill-wait"].map(name => [name, lightness(name)]);
              return fills.flatMap(([name, light], i) => fills.slice(i + 1).filter(([, other]) => Math.abs(light - other) < 5).map(([other, its]) => `${name} ${Math.round(light)} and ${other} ${Math.round(its)}`));
            }
            """));
        var dashes = await manami.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('.trend svg:first-of-type polyline.line')].map(e => getComputedStyle(e).strokeDasharray)");
        Assert.Equal(dashes.Length, dashes.Distinct().Count());
        Assert.Equal(3, dashes.Length);

        await manami.OpenAsync("/evidence/year");
        Assert.Empty(await manami.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('.matrix tbody td a')].filter(e => !e.querySelector('svg use') && e.querySelector('.hidden')).map(e => e.outerHTML.slice(0, 120))"));
        Assert.NotEmpty(await manami.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('.matrix tbody td a svg use')].map(e => e.getAttribute('href'))"));
    }

    [Fact]
    public async Task Every_state_on_every_page_has_a_shape_and_a_word_and_one_row_asks_once()
    {
        var found = new List<string>();
        foreach (var side in office.Pages.GroupBy(page => Office.Reader(page.Key)))
        {
            await using var visitor = await chromium.VisitAsync(office.App, side.Key);
            foreach (var (route, path) in side)
            {
                await visitor.OpenAsync(path);
                found.AddRange(await visitor.Page.EvaluateAsync<string[]>("""
                    route => [
                      ...[...document.querySelectorAll("main .s")].filter(e => !e.querySelector("svg use") || !e.textContent.trim()).map(e => `${route}: a state without shape or word: ${e.outerHTML.slice(0, 120)}`),
                      ...[...document.querySelectorAll("main .s a, main a > .s:only-child, main button .s")].map(e => `${route}: a state is a link: ${e.outerHTML.slice(0, 120)}`),
                      ...[...document.querySelectorAll("main tr, main .tasks li")].filter(e => e.querySelectorAll(".s-mine, button.danger").length > 1).map(e => `${route}: a row asks twice: ${e.outerHTML.slice(0, 120)}`),
                      // A circle judges; it is kept for the choices of a judgement, beside their words.
                      ...[...document.querySelectorAll("main .sign")].filter(e => !e.parentElement.textContent.replace(e.textContent, "").trim()).map(e => `${route}: a sign without its word`),
                      ...([...document.querySelectorAll("main .sign")].reduce((text, e) => text.replace(e.textContent, ""), document.querySelector("main").innerText).match(/▲\s*[0-9]|○/g) ?? []).map(sign => `${route}: ${sign}`),
                    ]
                    """, route));
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    private async Task<Visitor> SeeGreyAsync(ColorScheme scheme, string path)
    {
        var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await manami.OpenAsync(path);
        var session = await manami.Page.Context.NewCDPSessionAsync(manami.Page);
        await session.SendAsync("Emulation.setEmulatedVisionDeficiency", new() { ["type"] = "achromatopsia" });
        return manami;
    }
}

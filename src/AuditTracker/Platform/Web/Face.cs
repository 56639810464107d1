using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;

namespace AuditTracker.Platform.Web;

/// <summary>The door of the face: what every page of the product stands on.</summary>
public static class Face
{
    /// <summary>Pages, words, layout and form messages. Everything a room does with pages goes through what this registers.</summary>
    public static IServiceCollection AddFace(this IServiceCollection services)
    {
        services.AddTexts();
        services.AddRazorPages(options => options.RootDirectory = "/")
            .AddDataAnnotationsLocalization(FormMessages.UseWordsOfTheRoom)
            .AddViewOptions(options => options.HtmlHelperOptions.ClientValidationEnabled = false);
        services.AddProblemDetails();
        // So that what cannot be read reaches Faults with its reason, not as a bare status.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.Configure<MvcOptions>(options => options.Filters.Add<ShellFilter>());
        services.AddSingleton<IConfigureOptions<MvcOptions>, FormMessages>();
        // Japanese text stays readable in the page's source, and a third of its size.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "forgery";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<CookieTempDataProviderOptions>(options =>
        {
            options.Cookie.Name = PageAnswers.Cookie;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.TryAddSingleton<WriteDate>(PlainDates.Date);
        services.TryAddSingleton<WriteInstant>(PlainDates.Instant);
        return services;
    }

    /// <summary>First in the pipeline: headers, error answers, style sheet and script. Sign-in comes after it, then <see cref="UseLanguage"/>.</summary>
    public static IApplicationBuilder UseFace(this IApplicationBuilder app)
    {
        var files = new EmbeddedFileProvider(typeof(Face).Assembly, "AuditTracker.wwwroot");
        app.ApplicationServices.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider = files;
        app.Use((http, next) =>
        {
            SecurityHeaders.Set(http);
            return next(http);
        });
        app.UseMiddleware<Faults>();
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            // The layout asks for files by a hash of their bytes (?v=), so that they may be kept for good.
            OnPrepareResponse = context => context.Context.Response.Headers.CacheControl =
                context.Context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache",
        });
        return app;
    }

    /// <summary>The language of words for the rest of the request; after sign-in, because an account has a language.</summary>
    public static IApplicationBuilder UseLanguage(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        Language.Apply(http);
        return next(http);
    });

    /// <summary>Every page of every room, and the two switches of the header (open to everyone).</summary>
    public static IEndpointRouteBuilder MapFace(this IEndpointRouteBuilder app)
    {
        app.MapRazorPages();
        app.MapGet("/language", (HttpContext http, string? to, string? back) => Language.Switch(http, to, back)).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/display", (HttpContext http, string? theme, string? shortcuts, string? back) => Theme.Switch(http, theme, shortcuts, back)).AllowAnonymous().ExcludeFromDescription();
        return app;
    }
}

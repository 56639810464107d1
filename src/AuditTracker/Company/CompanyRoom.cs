using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Company;

/// <summary>The door of the room.</summary>
public static class CompanyRoom
{
    public static IServiceCollection AddCompany(this IServiceCollection services) => services
        .AddSingleton<ChangeCompany>().AddSingleton<ChangeDays>().AddSingleton<ImportHolidays>().AddSingleton<Appoint>().AddSingleton<ChangeReports>().AddSingleton<ChangeNoticeRules>()
        .AddSingleton(_ => Deadlines.Read(Settings.Templates));

    /// <summary>Dates of Japanese pages in eras when the company writes them so; behind access, so that only pages that are shown ask.</summary>
    public static IApplicationBuilder UseEraDates(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null && CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ja")
        {
            await using var connection = await http.RequestServices.GetRequiredService<Db>().OpenAsync(http.RequestAborted);
            // Not disposed: it ends with this method, as every value that flows does.
            EraDates.Use(await connection.FirstAsync<bool>("select era_dates from company", ct: http.RequestAborted));
        }
        await next(http);
    });
}

using AuditTracker.Platform.Mail;
using AuditTracker.Platform.Templates;

namespace AuditTracker.Notifications;

/// <summary>The door of the room. A room whose mail carries a secret link registers a <see cref="SecretMail"/> beside it.</summary>
public static class NotificationsRoom
{
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddSingleton(_ => new Templates(Settings.Templates))
        .AddSingleton<IMailTransport>(all => MailRoutes.From(all.GetRequiredService<Settings>()))
        .AddSingleton<WriteMail>().AddSingleton<MailQueue>().AddSingleton<MailLedger>()
        .AddSingleton<SendMails>().AddSingleton<EraseMailBodies>()
        .AddSingleton<TakeBounce>().AddSingleton<ReadBounces>()
        .AddSingleton<SendMailNow>().AddSingleton<ResolveMail>().AddSingleton<ReleaseMails>().AddSingleton<SendTestMail>();

    public static void MapNotifications(this IEndpointRouteBuilder app) => MailsApi.Map(app);
}

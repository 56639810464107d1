using AuditTracker.Platform.Mail;
using AuditTracker.Platform.Templates;

namespace AuditTracker.Notifications;

/// <summary>The door of the room. A room whose mail carries a secret link registers a <see cref="SecretMail"/> beside it.</summary>
public static class NotificationsRoom
{
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddSingleton(_ => MailSamples.Load(Settings.Templates))
        .AddSingleton(all => new CheckTemplate(all.GetRequiredService<MailSamples>(), Settings.Templates))
        .AddSingleton(all => new Templates(Settings.Templates, Path.Combine(all.GetRequiredService<Settings>().Data, "templates"))
        {
            Vet = all.GetRequiredService<CheckTemplate>().Vet,
            Passed = (name, problem) => all.GetRequiredService<ILogger<Templates>>().LogWarning(problem, "The changed template {Template} failed; the shipped one was used.", name),
        })
        .AddSingleton<IMailTransport>(all => MailRoutes.From(all.GetRequiredService<Settings>()))
        .AddSingleton<WriteMail>().AddSingleton<MailQueue>().AddSingleton<MailLedger>()
        .AddSingleton<SendMails>().AddSingleton<EraseMailBodies>()
        .AddSingleton<PreviewMail>().AddSingleton<ChangeTemplate>().AddSingleton<MailTemplates>().AddSingleton<Inbox>().AddSingleton<NoticeLedger>()
        .AddSingleton<Webhooks>().AddSingleton<WebhookStore>().AddSingleton<SendWebhooks>()
        .AddSingleton<TakeBounce>().AddSingleton<ReadBounces>()
        .AddSingleton<SendMailNow>().AddSingleton<ResolveMail>().AddSingleton<ReleaseMails>().AddSingleton<SendTestMail>();

    public static void MapNotifications(this IEndpointRouteBuilder app) => MailsApi.Map(app);
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.DataAnnotations;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace AuditTracker.Platform.Web;

/// <summary>Messages of forms in the reader's words: those of binding from here, those of validation attributes from the room's own words.</summary>
internal sealed class FormMessages(IStringLocalizer<Words> words) : IConfigureOptions<MvcOptions>
{
    public void Configure(MvcOptions options)
    {
        // Required is said with [Required(ErrorMessage = "TitleEmpty")], never implied by a type.
        options.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
        var messages = options.ModelBindingMessageProvider;
        messages.SetAttemptedValueIsInvalidAccessor((value, _) => words["NotReadable", value]);
        messages.SetNonPropertyAttemptedValueIsInvalidAccessor(value => words["NotReadable", value]);
        messages.SetUnknownValueIsInvalidAccessor(_ => words["NotReadableUnknown"]);
        messages.SetNonPropertyUnknownValueIsInvalidAccessor(() => words["NotReadableUnknown"]);
        messages.SetValueIsInvalidAccessor(value => words["NotReadable", value]);
        messages.SetValueMustBeANumberAccessor(_ => words["NumberNeeded"]);
        messages.SetNonPropertyValueMustBeANumberAccessor(() => words["NumberNeeded"]);
        messages.SetMissingBindRequiredValueAccessor(_ => words["ValueNeeded"]);
        messages.SetMissingKeyOrValueAccessor(() => words["ValueNeeded"]);
        messages.SetMissingRequestBodyRequiredValueAccessor(() => words["ValueNeeded"]);
        messages.SetValueMustNotBeNullAccessor(_ => words["ValueNeeded"]);
    }

    /// <summary>The words of the room a form belongs to: <c>AuditTracker.Evidence.Pages.…</c> → <c>AuditTracker.Evidence.Words</c>.</summary>
    internal static void UseWordsOfTheRoom(MvcDataAnnotationsLocalizationOptions options) =>
        options.DataAnnotationLocalizerProvider = (type, factory) =>
        {
            for (var room = type.Namespace; room is { Length: > 0 }; room = room[..Math.Max(room.LastIndexOf('.'), 0)])
            {
                if (type.Assembly.GetType(room + ".Words") is { } words)
                {
                    return factory.Create(words);
                }
            }

            return factory.Create(typeof(Words));
        };
}

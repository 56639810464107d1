using System.Reflection;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AuditTracker.Platform.Web;

/// <summary>What a body looks like whose endpoint reads it by hand; only the API's document asks.</summary>
/// <param name="Body">A record with the body's fields.</param>
public sealed record DescribedBody(Type Body, string MediaType);

/// <summary>A header that an endpoint reads by hand; only the API's document asks.</summary>
public sealed record DescribedHeader(string Name, string Meaning);

/// <summary>
/// The API's document at <c>/openapi/v1.json</c>: what the endpoints themselves cannot say is the same for all of them and is said
/// here — the token, and the problems every call may meet.
/// </summary>
public static class OpenApiDocument
{
    private const string Bearer = "bearer";
    private const string Problem = "Problem";

    private static readonly (int Status, string Meaning)[] Problems =
    [
        (400, "Something in the call cannot be read or taken; \"errors\" names the field."),
        (401, "No token, or one that is not valid."),
        (404, "Not there, or not yours to see or do."),
        (409, "A rule says no; \"code\" names it."),
        (413, "Too large."),
        (415, "The body is of another media type."),
    ];

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "AuditTracker", Version = typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "1" };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token of an account, made on the page of tokens." },
            };
            document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
            document.Components.Schemas[Problem] = ProblemSchema();
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
        options.AddSchemaTransformer((schema, _, _) =>
        {
            // Numbers may also be sent as text, but a number is what is meant.
            if (schema.Type is { } type && type.HasFlag(JsonSchemaType.String) && (type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
            {
                schema.Type = type & ~JsonSchemaType.String;
                schema.Pattern = null;
            }
            return Task.CompletedTask;
        });
    });

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        var content = new Dictionary<string, OpenApiMediaType>();
        foreach (var described in metadata.OfType<DescribedBody>())
        {
            content[described.MediaType] = new() { Schema = await context.GetOrCreateSchemaAsync(described.Body, null, ct) };
        }
        if (content.Count > 0)
        {
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
        }
        foreach (var header in metadata.OfType<DescribedHeader>())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = header.Name, In = ParameterLocation.Header, Description = header.Meaning, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        }
        if (metadata.OfType<MayAttribute>().LastOrDefault() is { Roles.Count: > 0 } may)
        {
            operation.Description = $"For: {string.Join(", ", may.Roles.Select(role => role.Wire()))}.";
        }

        var isChange = context.Description.HttpMethod is not "GET";
        operation.Responses ??= [];
        foreach (var (status, meaning) in Problems)
        {
            var isMet = status switch
            {
                409 => isChange || operation.Responses.ContainsKey("409"),
                413 => operation.RequestBody is not null,
                415 => operation.RequestBody?.Content?.ContainsKey("application/json") == true,
                _ => true,
            };
            if (isMet)
            {
                operation.Responses[$"{status}"] = new OpenApiResponse
                {
                    Description = meaning,
                    Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, context.Document) } },
                };
            }
        }
    }

    private static OpenApiSchema ProblemSchema()
    {
        static OpenApiSchema Text(string meaning) => new() { Type = JsonSchemaType.String, Description = meaning };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("A page about the status."),
                ["title"] = Text("What is wrong, in the reader's language."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = Text("What to do about it."),
                ["code"] = Text("The same in every language."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "Sentences by the field they are about.",
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
                ["incident"] = Text("Number to tell the operator, when the fault is ours."),
            },
        };
    }
}

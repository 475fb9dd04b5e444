using Microsoft.OpenApi;

namespace VenvBuild.Server;

/// <summary>What <c>/openapi/v1.json</c> says beyond what it finds by itself, so that clients that are made from it work.</summary>
internal static class ContractDescription
{
    public static void Add(IServiceCollection services) => services.AddOpenApi(options => options.AddOperationTransformer((operation, _, _) =>
    {
        foreach (var contents in (operation.Responses ?? []).Values.Select(response => response.Content).Append(operation.RequestBody?.Content))
        {
            foreach (var (type, content) in contents ?? new Dictionary<string, OpenApiMediaType>())
            {
                // Locks, archives and events are bytes, and no JSON that holds a text.
                if (!type.EndsWith("json", StringComparison.OrdinalIgnoreCase))
                    content.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            }
        }

        return Task.CompletedTask;
    }));
}

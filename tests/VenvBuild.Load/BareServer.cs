using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace VenvBuild.Load;

/// <summary>Kestrel with nothing behind it: reads a request's body and answers the bytes of a file.</summary>
internal static class BareServer
{
    public static async Task<int> RunAsync(string file)
    {
        var content = await File.ReadAllBytesAsync(file);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(async context =>
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            context.Response.ContentType = "application/toml";
            context.Response.ContentLength = content.Length;
            await context.Response.BodyWriter.WriteAsync(content);
        });
        await app.StartAsync();
        Console.WriteLine($"    server: {app.Urls.First()}");
        await app.WaitForShutdownAsync();
        return 0;
    }
}

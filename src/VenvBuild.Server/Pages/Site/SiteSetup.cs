using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace VenvBuild.Server;

/// <summary>The pages for people: Razor Pages, rendered here, with a stylesheet and a script of their own and nothing from elsewhere.</summary>
internal static class SiteSetup
{
    private const string FormCookie = "venvbuild-form";

    public static void Add(IServiceCollection services)
    {
        services.AddRazorPages(options => options.Conventions.ConfigureFilter(new SiteFilter())).AddApplicationPart(typeof(SiteSetup).Assembly);
        services.AddDataProtection().SetApplicationName("venvbuild-server");
        services.AddSingleton<FormKeyStore>().AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options =>
            {
                options.XmlRepository = provider.GetRequiredService<FormKeyStore>();
                if (provider.GetRequiredService<ServerSettings>().FormSecret is { } secret)
                    options.XmlEncryptor = new FormKeyCipher(secret);
            }));
        services.Configure<AntiforgeryOptions>(options =>
        {
            options.Cookie.Name = FormCookie;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.HttpOnly = true;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddSingleton<SiteQueries>().AddSingleton<LockShelf>().AddSingleton<DiskUsage>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRazorPages();
        Assets.Map(routes);
    }
}

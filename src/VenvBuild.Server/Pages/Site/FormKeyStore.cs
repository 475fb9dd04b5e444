using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>Keeps the keys of forms in the catalog, so that any server takes a form that another one rendered.</summary>
internal sealed class FormKeyStore(CatalogFactory catalogs) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var catalog = catalogs.Open();
        return [.. catalog.FormKeys.AsNoTracking().Select(key => key.Xml).ToList().Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var catalog = catalogs.Open();
        catalog.FormKeys.Add(new() { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        catalog.SaveChanges();
    }
}

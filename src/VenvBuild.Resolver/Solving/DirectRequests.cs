using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// The requests by address, and in which environments each counts. There its release is the only candidate; elsewhere it is none, and
/// where an address counts everywhere nobody else is asked for the name.
/// </summary>
internal sealed class DirectRequests
{
    private readonly Dictionary<PackageName, Dictionary<string, UInt128>> _addresses = [];

    public DirectRequests(ResolutionRequest request, EnvironmentTable environments)
    {
        var overridden = request.Overrides.Select(requirement => requirement.Name).ToHashSet();
        var asked = request.Requirements
            .Concat(request.Groups.SelectMany(group => group.Requirements))
            .Where(requirement => !overridden.Contains(requirement.Name))
            .Concat(request.Overrides);
        foreach (var requirement in asked)
        {
            if (requirement.Url is not { } address || request.Excludes.Contains(requirement.Name))
                continue;
            var mask = environments.MaskOf(requirement.Marker, null);
            if (mask == 0)
                continue;
            if (!_addresses.TryGetValue(requirement.Name, out var addresses))
                _addresses.Add(requirement.Name, addresses = new(StringComparer.Ordinal));
            addresses[address] = addresses.GetValueOrDefault(address) | mask;
        }
    }

    /// <summary>The addresses that a name is asked for by, in ordinal order.</summary>
    public IEnumerable<string> AddressesOf(PackageName name) =>
        _addresses.TryGetValue(name, out var addresses) ? addresses.Keys.Order(StringComparer.Ordinal) : [];

    /// <summary>The environments in which an address counts.</summary>
    public UInt128 MaskOf(PackageName name, string address) =>
        _addresses.TryGetValue(name, out var addresses) ? addresses.GetValueOrDefault(address) : 0;

    /// <summary>The environments in which the name is asked for by some address.</summary>
    public UInt128 MaskOf(PackageName name) =>
        _addresses.TryGetValue(name, out var addresses) ? addresses.Values.Aggregate((mask, other) => mask | other) : 0;
}

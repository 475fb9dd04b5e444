namespace VenvBuild.Workspace;

/// <summary>The classifiers of licences that mean one licence of SPDX's list, and no other.</summary>
internal static class LicenseClassifiers
{
    private static readonly Dictionary<string, string> ByName = new(StringComparer.Ordinal)
    {
        ["Boost Software License 1.0 (BSL-1.0)"] = "BSL-1.0",
        ["CC0 1.0 Universal (CC0 1.0) Public Domain Dedication"] = "CC0-1.0",
        ["CMU License (MIT-CMU)"] = "MIT-CMU",
        ["Eclipse Public License 1.0 (EPL-1.0)"] = "EPL-1.0",
        ["Eclipse Public License 2.0 (EPL-2.0)"] = "EPL-2.0",
        ["European Union Public Licence 1.1 (EUPL 1.1)"] = "EUPL-1.1",
        ["European Union Public Licence 1.2 (EUPL 1.2)"] = "EUPL-1.2",
        ["GNU Affero General Public License v3"] = "AGPL-3.0-only",
        ["GNU Affero General Public License v3 or later (AGPLv3+)"] = "AGPL-3.0-or-later",
        ["GNU General Public License v2 (GPLv2)"] = "GPL-2.0-only",
        ["GNU General Public License v2 or later (GPLv2+)"] = "GPL-2.0-or-later",
        ["GNU General Public License v3 (GPLv3)"] = "GPL-3.0-only",
        ["GNU General Public License v3 or later (GPLv3+)"] = "GPL-3.0-or-later",
        ["GNU Lesser General Public License v2 or later (LGPLv2+)"] = "LGPL-2.0-or-later",
        ["GNU Lesser General Public License v3 (LGPLv3)"] = "LGPL-3.0-only",
        ["GNU Lesser General Public License v3 or later (LGPLv3+)"] = "LGPL-3.0-or-later",
        ["Historical Permission Notice and Disclaimer (HPND)"] = "HPND",
        ["ISC License (ISCL)"] = "ISC",
        ["MIT License"] = "MIT",
        ["MIT No Attribution License (MIT-0)"] = "MIT-0",
        ["Mozilla Public License 1.1 (MPL 1.1)"] = "MPL-1.1",
        ["Mozilla Public License 2.0 (MPL 2.0)"] = "MPL-2.0",
        ["Python Software Foundation License"] = "PSF-2.0",
        ["SIL Open Font License 1.1 (OFL-1.1)"] = "OFL-1.1",
        ["The Unlicense (Unlicense)"] = "Unlicense",
        ["Universal Permissive License (UPL)"] = "UPL-1.0",
        ["Zero-Clause BSD (0BSD)"] = "0BSD",
        ["zlib/libpng License"] = "Zlib",
    };

    // What people write into the License field, where it is an identifier already.
    private static readonly HashSet<string> Identifiers =
        new([.. ByName.Values, "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "GPL-2.0-only", "LGPL-2.1-only", "LGPL-2.1-or-later", "Python-2.0", "Zlib"], StringComparer.Ordinal);

    /// <summary>The licence that a classifier means, or null: some name families only (BSD, Apache, Artistic of any version).</summary>
    public static string? Find(string classifier) => ByName.GetValueOrDefault(classifier[(classifier.LastIndexOf("::", StringComparison.Ordinal) + 2)..].Trim());

    /// <summary>Whether a text is the identifier of a licence.</summary>
    public static bool IsIdentifier(string text) => Identifiers.Contains(text);
}

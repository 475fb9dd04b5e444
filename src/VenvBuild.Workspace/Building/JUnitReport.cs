using System.Globalization;
using System.Text;
using System.Xml;

namespace VenvBuild.Workspace;

/// <summary>A build as CI systems read it: a test case for each environment (JUnit's XML).</summary>
internal static class JUnitReport
{
    public static byte[] Of(string suite, IReadOnlyList<BuiltEnvironment> environments)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n", CheckCharacters = false }))
        {
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", suite);
            xml.WriteAttributeString("tests", Text(environments.Count));
            xml.WriteAttributeString("failures", Text(environments.Count(environment => environment.State == BuildState.Failed)));
            xml.WriteAttributeString("skipped", Text(environments.Count(environment => environment.State == BuildState.Skipped)));
            xml.WriteAttributeString("time", Text(environments.Sum(environment => environment.Seconds)));
            foreach (var environment in environments)
                WriteCase(xml, suite, environment);
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    private static void WriteCase(XmlWriter xml, string suite, BuiltEnvironment environment)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", suite);
        xml.WriteAttributeString("name", $"{environment.Platform} Python {environment.Python}");
        xml.WriteAttributeString("time", Text(environment.Seconds));
        if (environment.State is BuildState.Failed or BuildState.Skipped)
        {
            xml.WriteStartElement(environment.State == BuildState.Failed ? "failure" : "skipped");
            xml.WriteAttributeString("message", Clean(environment.Reason ?? ""));
            xml.WriteString(Clean(string.Join('\n', environment.Diagnostics)));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>XML has no words for control characters, which a check's output may hold.</summary>
    private static string Clean(string text) => string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '\uFFFD'));

    private static string Text(IFormattable number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}

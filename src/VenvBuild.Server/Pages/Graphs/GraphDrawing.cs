using System.Globalization;
using System.Text;

namespace VenvBuild.Server;

/// <summary>How a graph is written as SVG.</summary>
internal static class GraphDrawing
{
    /// <summary>A number for SVG.</summary>
    public static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>The path of an edge: curves that leave and arrive level, straight on through the columns that it passes.</summary>
    public static string Path(PlacedEdge edge)
    {
        var path = new StringBuilder($"M{Number(edge.Points[0].X)} {Number(edge.Points[0].Y)}");
        for (var i = 1; i < edge.Points.Count; i++)
        {
            var (from, to) = (edge.Points[i - 1], edge.Points[i]);
            if (i % 2 == 0)
            {
                path.Append(CultureInfo.InvariantCulture, $"H{Number(to.X)}");
                continue;
            }

            var middle = Number((from.X + to.X) / 2);
            path.Append(CultureInfo.InvariantCulture, $"C{middle} {Number(from.Y)} {middle} {Number(to.Y)} {Number(to.X)} {Number(to.Y)}");
        }

        return path.ToString();
    }
}

using System.Text.Json.Nodes;

namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    private const double DarkestShare = 4;

    /// <summary>Which modes are served along a training: a row for each mode, a column for each moment, darker for a greater share of the
    /// samples. White is none; the darkest stands for four times the equal share and more.</summary>
    /// <param name="title">The title.</param>
    /// <param name="steps">The moments, in generator steps.</param>
    /// <param name="shares">For each moment the share of every mode, for example
    /// <see cref="Diagnostics.Modes.ModeCoverage.NearestShares"/>.</param>
    /// <exception cref="ArgumentException">There is no moment, or their numbers differ.</exception>
    public static Figure ModeTimeline(string title, IReadOnlyList<double> steps, IReadOnlyList<double[]> shares)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(shares);
        if (steps.Count == 0 || steps.Count != shares.Count || shares.Any(s => s.Length != shares[0].Length))
        {
            throw new ArgumentException($"A timeline needs as many moments ({steps.Count}) as lists of shares ({shares.Count}), at " +
                $"least one, and all lists of one length.", nameof(shares));
        }

        var modes = shares[0].Length;
        var map = new JsonObject
        {
            ["type"] = "heatmap",
            ["x"] = Numbers(steps, digits: 5),
            ["y"] = Numbers(Enumerable.Range(0, modes).Select(i => (double)i), digits: 5),
            ["z"] = new JsonArray([.. Enumerable.Range(0, modes)
                .Select(mode => Numbers(shares.Select(s => Math.Min(DarkestShare, s[mode] * modes)), digits: 3))]),
            ["colorscale"] = new JsonArray(new JsonArray(0, "#ffffff"), new JsonArray(0.25, "#9ecae1"), new JsonArray(1, "#08306b")),
            ["colorbar"] = new JsonObject { ["title"] = new JsonObject { ["text"] = "share x modes" }, ["len"] = 0.9 },
            ["zmin"] = 0,
            ["zmax"] = DarkestShare,
            ["xgap"] = 1,
            ["ygap"] = 1,
        };
        var layout = new JsonObject
        {
            ["title"] = new JsonObject { ["text"] = title },
            ["width"] = 620,
            ["height"] = 320,
            ["xaxis"] = new JsonObject { ["title"] = new JsonObject { ["text"] = "generator steps" } },
            ["yaxis"] = new JsonObject { ["title"] = new JsonObject { ["text"] = "mode" }, ["dtick"] = modes > 12 ? 5 : 1 },
        };
        return new Figure(new JsonObject { ["data"] = new JsonArray(map), ["layout"] = layout },
            $"{title}: the share of samples on each of {modes} modes at {steps.Count} moments");
    }
}

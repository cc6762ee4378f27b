namespace ResearchKit.Interactive;

public sealed partial class Figure
{
    /// <summary>A learned discriminator on the line beside the best one, over the two densities that it tells apart.</summary>
    /// <param name="title">The title.</param>
    /// <param name="x">Places, in order.</param>
    /// <param name="learned">D(x) there.</param>
    /// <param name="best">p(x) / (p(x) + q(x)) there; NaN leaves a gap.</param>
    /// <param name="realDensity">p(x).</param>
    /// <param name="fakeDensity">q(x).</param>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public static Figure LearnedDiscriminator(string title, IReadOnlyList<double> x, IReadOnlyList<double> learned,
        IReadOnlyList<double> best, IReadOnlyList<double> realDensity, IReadOnlyList<double> fakeDensity)
    {
        var figure = Curves(title, "x", "probability, density", ("p, real", x, realDensity), ("q, fake", x, fakeDensity),
            ("best D = p / (p + q)", x, best), ("learned D", x, learned));
        (string Color, string? Fill, string Dash)[] styles = [(RealColor, "rgba(8,81,156,0.2)", "solid"),
            (FakeColor, "rgba(203,24,29,0.2)", "solid"), ("#000000", null, "dash"), ("#2ca02c", null, "solid")];
        foreach (var ((color, fill, dash), trace) in styles.Zip(figure._json["data"]!.AsArray()))
        {
            trace!["line"] = new System.Text.Json.Nodes.JsonObject { ["color"] = color, ["dash"] = dash, ["width"] = fill is null
                ? 2.5 : 1 };
            (trace["fill"], trace["fillcolor"]) = (fill is null ? null : "tozeroy", fill);
        }

        return figure;
    }
}

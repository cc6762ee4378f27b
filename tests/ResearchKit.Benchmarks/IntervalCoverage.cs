using System.CommandLine;
using System.Globalization;
using ResearchKit.Metrics;

namespace ResearchKit.Benchmarks;

/// <summary>How often the 95 % intervals of metrics hold what they are of, and how often a comparison tells two generators apart, on
/// Gaussians that are known.</summary>
internal static class IntervalCoverage
{
    private static readonly MetricOptions Options = new()
    {
        Metrics = ["fid", "kid", "prc", "prdc", "clipped", "ppr", "prcover", "vendi", "mind", "cmmd"],
        KernelSubsets = 20, KernelSubsetSize = 400, MindDirections = 100, WithFloor = false,
    };

    private static readonly IReadOnlyList<string> Scorecard = MetricOptions.Scorecard(withTraining: false);

    private sealed record Setting(string Name, int Features, int Generated, int Real, double Shift, double Scale);

    private static readonly Setting[] Settings =
    [
        new("equal", 8, 500, 500, 0, 1),
        new("shifted", 8, 500, 500, 0.3, 1),
        new("narrow", 8, 500, 1000, 0, 0.8),
        new("wide features", 64, 1000, 1000, 0.1, 0.9),
    ];

    public static Command Intervals()
    {
        var draws = Arguments.Option("--draws", 100, "Draws of both sets.");
        var setting = Arguments.Option("--setting", "", $"One of {string.Join(", ", Settings.Select(s => s.Name))}; all if left out.");
        var command = new Command("intervals", "The share of draws in which each metric's 95 % interval holds its large-sample value.")
        {
            draws, setting,
        };
        command.SetAction(p => Array.ForEach([.. Settings.Where(s => p.GetValue(setting) is null or "" || s.Name == p.GetValue(setting))],
            s => Print(s, p.GetValue(draws))));
        return command;
    }

    public static Command Comparisons()
    {
        var pairs = Arguments.Option("--pairs", 200, "Pairs of generators.");
        var command = new Command("comparisons", "The share of pairs of generators, equal ones and such whose mean is shifted by known " +
            "amounts, of which a comparison says which is better.") { pairs };
        command.SetAction(p => Power(p.GetValue(pairs)));
        return command;
    }

    private static void Print(Setting setting, int draws)
    {
        var targets = Targets(setting, 3 * draws);
        var (held, widths, names) = (new int[targets.Length], new double[targets.Length], new string[targets.Length]);
        for (var draw = 0; draw < draws; draw++)
        {
            using var scope = NewDisposeScope();
            var results = Report(setting, draw, withIntervals: true).Results;
            foreach (var (i, r) in results.Index())
            {
                names[i] = r.Protocol.Metric;
                widths[i] += r.Interval!.High - r.Interval.Low;
                held[i] += targets[i] >= r.Interval.Low - 1e-12 && targets[i] <= r.Interval.High + 1e-12 ? 1 : 0;
            }
        }

        Console.WriteLine($"{setting.Name}: {setting.Features} features, {setting.Generated} generated and {setting.Real} real, shift " +
            $"{setting.Shift}, scale {setting.Scale}, {draws} draws");
        foreach (var i in Enumerable.Range(0, targets.Length))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {names[i],-24} holds {targets[i],9:G4} in {100.0 * held[i] / draws:0} %, mean width {widths[i] / draws:G3}"));
        }
    }

    // What the intervals are of: in closed form, from many samples, or the mean of draws of the same counts.
    private static double[] Targets(Setting setting, int draws)
    {
        var sums = Enumerable.Range(0, draws).Select(draw =>
        {
            using var scope = NewDisposeScope();
            return Report(setting, 10_000 + draw, withIntervals: false).Results.Select(r => r.Value).ToArray();
        }).ToArray();
        using var large = NewDisposeScope();
        var many = Report(setting with { Generated = 20_000, Real = 20_000 }, 1, withIntervals: false, ["mind", "cmmd"]);
        var (mu, sigma) = (setting.Shift, 1 - setting.Scale);
        var names = Report(setting, 0, withIntervals: false).Results.Select(r => r.Protocol.Metric);
        return [.. names.Select((name, i) => name switch
        {
            "frechet-distance" => setting.Features * ((mu * mu) + (sigma * sigma)),
            "mind" when mu * sigma == 0 => 3.0 * setting.Features * ((mu * mu) + (sigma * sigma)),
            "mind" => many[name].Value,
            "cmmd" => many[name].Value,
            _ => sums.Average(s => s[i]),
        })];
    }

    private static MetricReport Report(Setting setting, int seed, bool withIntervals, IReadOnlyList<string>? metrics = null)
    {
        using var generated = Set("generated", setting.Generated, setting.Features, seed, setting.Shift, setting.Scale);
        using var real = Set("real", setting.Real, setting.Features, seed + 1_000_000, 0, 1);
        return MetricEvaluation.Run(generated, real, Options with { WithInterval = withIntervals, Metrics = metrics ?? Options.Metrics });
    }

    private static void Power(int pairs)
    {
        foreach (var metrics in (string[][])[["fid"], ["kid"], ["prdc"], [.. Scorecard]])
        {
            foreach (var shift in metrics is not ["fid"] ? (double[])[0] : [0, 0.02, 0.05, 0.1, 0.15])
            {
                var (first, second) = (0, 0);
                for (var pair = 0; pair < pairs; pair++)
                {
                    using var scope = NewDisposeScope();
                    using var a = Set("a", 500, 16, 3 * pair, 0.2, 1);
                    using var b = Set("b", 500, 16, (3 * pair) + 1, 0.2 + shift, 1);
                    using var real = Set("real", 500, 16, (3 * pair) + 2 + 1_000_000, 0, 1);
                    var verdicts = MetricComparison.Run([a], [b], real, Options with { Metrics = metrics }).Rows.Select(r => r.Verdict);
                    first += verdicts.Contains(ComparisonVerdict.FirstIsBetter) ? 1 : 0;
                    second += verdicts.Contains(ComparisonVerdict.SecondIsBetter) ? 1 : 0;
                }

                Console.WriteLine($"{string.Join(' ', metrics)}: B further off by {shift}: \"A is better\" in " +
                    $"{100.0 * first / pairs:0.#} %, \"B is better\" in {100.0 * second / pairs:0.#} % of {pairs} pairs");
            }
        }
    }

    private static FeatureSet Set(string name, int count, int features, int seed, double shift, double scale)
    {
        using var random = new Generator((ulong)seed);
        using var normal = randn(count, features, dtype: ScalarType.Float64, generator: random);
        return new FeatureSet(name, (normal * scale) + shift);
    }
}

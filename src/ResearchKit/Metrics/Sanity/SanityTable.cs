using System.Globalization;
using System.Text;

namespace ResearchKit.Metrics.Sanity;

/// <summary>Which metric passes which check.</summary>
/// <param name="Checks">The checks.</param>
/// <param name="Rows">Each value with the curves that it has.</param>
public sealed record SanityTable(IReadOnlyList<SanityCheck> Checks, IReadOnlyList<SanityRow> Rows)
{
    private const double Memorised = 10; // in place of infinity, times the greatest finite value

    private static readonly MetricOptions Options = new()
    {
        KernelSubsets = 1, MindDirections = 200, WithFloor = false, WithInterval = false,
    };

    /// <summary>Asks every metric of features every check.</summary>
    /// <param name="checks">The checks; null for all.</param>
    /// <param name="metrics">The metrics; null for all that need no logits.</param>
    /// <param name="progress">Told the checks done and their number.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The table; minutes of work on two cores.</returns>
    public static SanityTable Run(IReadOnlyList<SanityCheck>? checks = null, IReadOnlyList<Metric>? metrics = null,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        checks ??= [.. SanityChecks.All];
        metrics ??= [.. FeatureMetrics.All.Where(m => m.Needs != MetricNeeds.Logits)];
        var passed = new Dictionary<(string Value, string Check), (int Passed, int Asked)>();
        var values = new Dictionary<string, MetricRole>();
        foreach (var (done, check) in checks.Index())
        {
            progress?.Invoke(done, checks.Count);
            foreach (var width in check.Widths)
            {
                foreach (var (value, role, curve) in Curves(check, width, metrics, cancellation))
                {
                    values[value] = role;
                    var (before, asked) = passed.GetValueOrDefault((value, check.Name));
                    passed[(value, check.Name)] = (before + (SanityCheck.Has(curve, check.Of(role)) ? 1 : 0), asked + 1);
                }
            }
        }

        progress?.Invoke(checks.Count, checks.Count);
        return new SanityTable(checks, [.. values.Select(v => new SanityRow(v.Key, v.Value,
            [.. checks.Select(c => passed.TryGetValue((v.Key, c.Name), out var p) ? p : default)]))]);
    }

    /// <summary>The table, its checks numbered, and what the numbers are: a tick where a value passes a check at every number of features,
    /// a cross where at none.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(TextTable.Of(
            ["", "value", .. Checks.Select((_, i) => (i + 1).ToString(CultureInfo.InvariantCulture)), "passes"],
            [.. Rows.OrderBy(r => r.Role).Select(r => (string[])[r.Role.ToString().ToLowerInvariant(), r.Value,
                .. r.Checks.Select(Mark),
                $"{r.Checks.Count(c => c.Asked > 0 && c.Passed == c.Asked)} of {r.Checks.Count(c => c.Asked > 0)}"])],
            0, 1)).Append('\n');
        foreach (var (i, check) in Checks.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"{i + 1,2} {check.Name}: {check.Title}").Append(Shapes(check)).Append('\n');
        }

        return text.ToString();
    }

    private static string Mark((int Passed, int Asked) check) => check switch
    {
        (_, 0) => "",
        var (passed, asked) when passed == asked => "✓",
        (0, _) => "✗",
        var (passed, asked) => $"{passed}/{asked}",
    };

    private static string Shapes(SanityCheck check)
    {
        var shapes = Enum.GetValues<MetricRole>().Where(r => check.Of(r) != CurveShape.Any)
            .Select(r => $"{r.ToString().ToLowerInvariant()} {Words(check.Of(r))}");
        return $" ({string.Join(", ", check.Widths)} features; {string.Join(", ", shapes)})";
    }

    private static string Words(CurveShape shape) => shape switch
    {
        CurveShape.Bell => "best in the middle",
        CurveShape.Falls => "falls",
        CurveShape.Stays => "stays",
        CurveShape.NeverRises => "never rises",
        _ => "never falls",
    };

    // The scores of each value at the points of a check, for the values of which it claims something.
    private static IEnumerable<(string Value, MetricRole Role, double[] Curve)> Curves(SanityCheck check, int width,
        IReadOnlyList<Metric> metrics, CancellationToken cancellation)
    {
        var curves = new Dictionary<string, (string Metric, MetricValue First, double Collapsed, List<double> Values)>();
        var lost = new HashSet<string>();
        foreach (var point in check.Points(width))
        {
            using var scope = NewDisposeScope();
            var sets = check.Make(width, point);
            using var generated = new FeatureSet("generated", sets.Generated);
            using var real = new FeatureSet("real", sets.Real);
            using var training = sets.Training is null ? null : new FeatureSet("training", sets.Training);
            using var collapsed = new FeatureSet("collapsed", real.Features.slice(0, 0, 1, 1).expand(real.Count, -1).clone());
            var options = Options with { KernelSubsetSize = (int)Math.Min(1000, real.Count) };
            foreach (var metric in metrics.Where(m => m.Needs != MetricNeeds.Training || training is not null))
            {
                cancellation.ThrowIfCancellationRequested();
                if (Values(metric, generated, real, training, options) is not { } values)
                {
                    lost.Add(metric.Name);
                    continue;
                }

                if (values.All(v => check.Of(v.Role) == CurveShape.Any))
                {
                    continue;
                }

                var worst = values[0].Aim == MetricAim.Lower && !curves.ContainsKey(values[0].Metric)
                    ? metric.Compute(collapsed, real, training, options)[0].Value
                    : 0;
                foreach (var value in values.Where(v => check.Of(v.Role) != CurveShape.Any))
                {
                    curves.TryAdd(value.Metric, (metric.Name, value, worst, []));
                    curves[value.Metric].Values.Add(value.Value);
                }
            }
        }

        return curves.Values.Select(c => (c.First.Metric, c.First.Role, lost.Contains(c.Metric) ? [double.NaN]
            : Scores(c.First, c.Collapsed, [.. c.Values])));
    }

    // Null where the metric cannot be computed, as a cosine of a row of zeros: then it does not pass.
    private static IReadOnlyList<MetricValue>? Values(Metric metric, FeatureSet generated, FeatureSet real, FeatureSet? training,
        MetricOptions options)
    {
        try
        {
            return metric.Compute(generated, real, training, options);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // On a scale where 1 is good. A distance is taken in units of that of one real sample, repeated.
    private static double[] Scores(MetricValue value, double collapsed, double[] values) => value switch
    {
        { Aim: MetricAim.Lower } => [.. values.Select(v => 1 - (v / collapsed))],
        { Least: 0, Most: 1 } => values,
        _ => [.. values.Select(v => Math.Clamp(v / values.Where(double.IsFinite).Max(Math.Abs), -Memorised, Memorised))],
    };
}

/// <summary>One value and how many of the numbers of features it passes each check at.</summary>
/// <param name="Value">The value's name.</param>
/// <param name="Role">What it tells.</param>
/// <param name="Checks">For each check: passed, and asked; 0 asked where the check claims nothing of it.</param>
public sealed record SanityRow(string Value, MetricRole Role, IReadOnlyList<(int Passed, int Asked)> Checks);

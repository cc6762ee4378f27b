using System.Globalization;
using System.Text;

namespace ResearchKit.Benchmarks;

/// <summary>The tables of the monitor's benchmark: are the broken runs bad, and what was said of which.</summary>
internal static class MonitorTables
{
    public static string Of(IReadOnlyList<MonitorOutcome> outcomes)
    {
        var text = new StringBuilder("\n");
        text.AppendLine("| runs | distance, healthy | distance, broken | broken over its twin |").AppendLine("|---|---|---|---|");
        foreach (var group in outcomes.GroupBy(o => (o.Case.Domain, o.Case.Family)))
        {
            string All(bool bad) => string.Join(", ", group.Where(o => o.Case.IsBad == bad).Select(o => Text($"{o.Distance:G3}")));
            var ratios = group.Chunk(2).Select(twins => Text($"{twins[1].Distance / twins[0].Distance:G3}x"));
            text.AppendLine($"| {group.Key.Domain}, {group.Key.Family} | {All(false)} | {All(true)} | {string.Join(", ", ratios)} |");
        }

        var said = outcomes.Select(o => o.Said).Distinct().OrderBy(s => Array.IndexOf(Classes, s) is >= 0 and var i ? i : 99).ToArray();
        text.AppendLine().AppendLine($"| made as | runs | {string.Join(" | ", said.Select(s => $"said: {s}"))} |")
            .AppendLine($"|---|---|{string.Concat(said.Select(_ => "---|"))}");
        foreach (var (truth, domain) in Classes.SelectMany(c => new[] { (c, "points"), (c, "pictures") }))
        {
            var those = outcomes.Where(o => o.Truth == truth && o.Case.Domain == domain).ToList();
            text.AppendLine($"| {truth}, {domain} | {those.Count} | {string.Join(" | " +
                "", said.Select(s => those.Count(o => o.Said == s)))} |");
        }

        text.AppendLine();
        Line("trouble or none", outcomes, o => o.TellsTrouble,
            [.. outcomes.GroupBy(o => o.Case.IsBad).Select(g => g.Average(o => o.TellsTrouble ? 1.0 : 0))]);
        foreach (var domain in outcomes.GroupBy(o => o.Case.Domain))
        {
            Line($"trouble or none, {domain.Key}", [.. domain], o => o.TellsTrouble,
                [.. domain.GroupBy(o => o.Case.IsBad).Select(g => g.Average(o => o.TellsTrouble ? 1.0 : 0))]);
        }

        Line("which trouble", outcomes, o => o.Said == o.Truth,
            [.. outcomes.GroupBy(o => o.Truth).Select(g => g.Average(o => o.Said == o.Truth ? 1.0 : 0))]);
        return text.ToString();

        void Line(string what, IReadOnlyList<MonitorOutcome> those, Func<MonitorOutcome, bool> right, double[] recalls)
        {
            var hits = those.Count(right);
            var (low, high) = Wilson(hits, those.Count);
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"{what}: {hits} of {those.Count} right, balanced accuracy {recalls.Average():0.000} ({recalls.Length} " +
                $"classes), Wilson 95 % interval of the share right {low:0.000} to {high:0.000}"));
        }
    }

    /// <summary>Wilson's 95 % interval of a share (JASA 22, 1927).</summary>
    public static (double Low, double High) Wilson(int hits, int count)
    {
        const double z = 1.959964;
        var (share, square) = ((double)hits / count, z * z / count);
        var (middle, half) = (share + (square / 2), z * Math.Sqrt((share * (1 - share) / count) + (square / count / 4)));
        return ((middle - half) / (1 + square), (middle + half) / (1 + square));
    }

    private static readonly string[] Classes = ["Healthy", "Diverging", "UnboundedCritic", "DiscriminatorWon"];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

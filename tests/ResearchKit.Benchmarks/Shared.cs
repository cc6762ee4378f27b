using System.CommandLine;

namespace ResearchKit.Benchmarks;

/// <summary>Options and arguments of the commands.</summary>
internal static class Arguments
{
    public static Option<T> Option<T>(string name, T value, string description, params string[] aliases) =>
        new(name, aliases) { DefaultValueFactory = _ => value, Description = description };

    /// <summary>The argument "case": one of these names, and the default where one is given.</summary>
    public static Argument<string> Case(IEnumerable<string> names, string? value = null)
    {
        var argument = new Argument<string>("case") { Description = string.Join(", ", names) + "." };
        if (value is not null)
        {
            argument.DefaultValueFactory = _ => value;
        }

        argument.AcceptOnlyFromAmong([.. names]);
        return argument;
    }
}

/// <summary>The median of some values, and its 95 % interval by order statistics.</summary>
internal sealed record MedianInterval(double Median, double Low, double High)
{
    public static MedianInterval Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var (middle, half) = (sorted.Length / 2, (int)Math.Ceiling(1.96 * Math.Sqrt(sorted.Length) / 2));
        return new(sorted[middle], sorted[Math.Max(0, middle - half)], sorted[Math.Min(sorted.Length - 1, middle + half)]);
    }
}

/// <summary>What one run was, and what a monitor said of it.</summary>
/// <param name="Domain"><c>points</c> or <c>pictures</c>.</param>
/// <param name="Truth">What it was.</param>
/// <param name="Said">What was said.</param>
internal sealed record Judgement(string Domain, string Truth, string Said)
{
    public bool IsRight => Said == Truth;

    /// <summary>The mean over the classes of the share of runs that were told right.</summary>
    public static double BalancedAccuracy(IEnumerable<Judgement> those) =>
        those.GroupBy(j => j.Truth).Average(g => g.Average(j => j.IsRight ? 1.0 : 0));

    /// <summary>How many runs of each class and domain were told what, as a Markdown table.</summary>
    public static string Table(string heading, IReadOnlyList<string> classes, IReadOnlyList<string> said, IReadOnlyList<Judgement> all)
    {
        var rows = from truth in classes
                   from domain in (string[])["points", "pictures"]
                   let those = all.Where(j => j.Truth == truth && j.Domain == domain).ToList()
                   let counts = said.Select(s => those.Count(j => j.Said == s))
                   select $"| {truth}, {domain} | {those.Count} | {string.Join(" | ", counts)} |\n";
        return $"| {heading} | runs | {string.Join(" | ", said.Select(s => $"said: {s}"))} |\n"
            + $"|---|---|{string.Concat(said.Select(_ => "---|"))}\n{string.Concat(rows)}";
    }

    /// <summary>Wilson's 95 % interval of the share right (JASA 22, 1927).</summary>
    public static (double Low, double High) Wilson(IReadOnlyCollection<Judgement> those)
    {
        const double z = 1.959964;
        var (share, square) = ((double)those.Count(j => j.IsRight) / those.Count, z * z / those.Count);
        var (middle, half) = (share + (square / 2), z * Math.Sqrt((share * (1 - share) / those.Count) + (square / those.Count / 4)));
        return ((middle - half) / (1 + square), (middle + half) / (1 + square));
    }
}

using System.Text.Json;
using ResearchKit.Data.Text;
using ResearchKit.Experiments.Protocols;
using ResearchKit.Experiments.Runs;

namespace ResearchKit.Cli;

internal static class PublishedCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var names = new Argument<string[]>("protocol")
        {
            Description = "Presets with published numbers, or parts of their names, as ring8; all of them when left out.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var scores = Repeated("--score", "Only this score; may come several times.");
        var done = Flag("--done", "Only numbers that ours stand beside.");
        var markdown = Flag("--markdown", "One table as Markdown.");
        var measured = Value<string?>("--measured", "A file with rows that were measured elsewhere, as gpu.sh's gpu.json: they count in " +
            "place of those that are kept of the same presets.");
        var json = Value<string?>("--json", "A file for the rows, with every part of them.");
        var command = new Command("published", "What the papers published against what the kit got: every number with its source, ours " +
            "with seeds, error, machine and time, the interval of the difference; and why a number was not tried, and what it would cost.")
            { names, scores, done, measured, markdown, json };
        command.SetAction(parsed =>
        {
            var runs = parsed.GetValue(measured) is { } path ? PresetMeasurements.In(path) : null;
            var (wanted, kinds, all) = (parsed.GetValue(names)!, parsed.GetValue(scores)!, PublishedRows.All(runs));
            Check("protocol", wanted.Where(w => !all.Any(r => Fits(r, w))), all.Select(r => r.Protocol));
            Check("score", kinds.Where(k => all.All(r => r.Score != k)), all.Select(r => r.Score));
            var rows = all.Where(r => (wanted.Length == 0 || wanted.Any(w => Fits(r, w))) && (kinds.Length == 0 || kinds.Contains(r.Score))
                && (!parsed.GetValue(done) || r.NotRun is null)).ToList();
            if (parsed.GetValue(json) is { } file)
            {
                TextFile.Write(file, [JsonSerializer.Serialize(rows.Select(Entry), Json)]);
                Console.WriteLine($"{file} written");
                return 0;
            }

            Console.Write(parsed.GetValue(markdown) ? PublishedTable.Markdown(rows) : PublishedTable.Text(rows));
            return 0;
        });
        return command;
    }

    private static bool Fits(PublishedRow row, string name) => row.Protocol.Contains(name, StringComparison.Ordinal);

    private static void Check(string what, IEnumerable<string> unknown, IEnumerable<string> known)
    {
        if (unknown.FirstOrDefault() is { } name)
        {
            throw new UsageException($"There is no {what} '{name}' with a published number; there are " +
                $"{string.Join(", ", known.Distinct())}.");
        }
    }

    private static object Entry(PublishedRow row) => new
    {
        row.Protocol, row.Form, row.Method, row.Score, row.Published, row.Source, row.Of, ours = row.Ours.Values, row.Seeds,
        mean = Number(row.Ours.Mean), error = Number(row.Ours.Error),
        difference = row.Difference is var (low, high) ? new[] { low, high } : null,
        level = row.Difference is null ? (double?)null : PublishedRows.Level,
        row.Machine, row.Minutes, row.NotRun, row.Runs, row.Steps, row.Batch, row.Step, costSeconds = row.Cost?.TotalSeconds, row.Command,
    };

    private static double? Number(double value) => double.IsFinite(value) ? value : null;
}

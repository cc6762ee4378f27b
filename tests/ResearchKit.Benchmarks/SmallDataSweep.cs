using System.CommandLine;
using System.Globalization;

namespace ResearchKit.Benchmarks;

/// <summary>The runs of notebooks/06-small-data.ipynb, seed by seed: one CSV row for each moment of each run.</summary>
internal static class SmallDataSweep
{
    public static Command Command()
    {
        var seeds = new Option<string>("--seeds") { DefaultValueFactory = _ => "0..4", Description = "First and last seed." };
        var arms = new Option<string[]>("--arms") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. SmallDataRun.Arms], Description = string.Join(", ", SmallDataRun.Arms) };
        var steps = new Option<int>("--steps", "-n") { DefaultValueFactory = _ => 4000, Description = "Steps of the generator, half of them for the arms that are turned; each run is looked at ten times." };
        var file = new Option<string>("--out") { DefaultValueFactory = _ => "notebooks/sweeps/06-small-data.csv", Description = "The CSV file; runs that it has are kept." };
        var command = new Command("small-data-sweep", "Trains a small DCGAN on few images, with and without augmentation (notebook 06).") { seeds, arms, steps, file };
        command.SetAction(p =>
        {
            var ends = p.GetValue(seeds)!.Split("..").Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
            Run(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1), p.GetValue(arms)!, p.GetValue(steps), p.GetValue(file)!);
        });
        return command;
    }

    private static void Run(IEnumerable<int> seeds, string[] arms, int steps, string file)
    {
        var table = new SweepTable(file, SmallDataRun.Columns, Compare);
        foreach (var seed in seeds)
        {
            foreach (var arm in arms)
            {
                var length = arm.Contains("turned", StringComparison.Ordinal) ? steps / 2 : steps;
                table.Add(string.Create(CultureInfo.InvariantCulture, $"{arm},{seed},{length},"), () => SmallDataRun.Rows(arm, seed, length));
            }
        }
    }

    // By arm and seed; the moments of a run keep their order.
    private static int Compare(string a, string b) => Place(a).CompareTo(Place(b));

    private static (int Arm, int Seed) Place(string row)
    {
        var values = row.Split(',');
        return (SmallDataRun.Arms.Index().First(a => a.Item == values[0]).Index, int.Parse(values[1], CultureInfo.InvariantCulture));
    }
}

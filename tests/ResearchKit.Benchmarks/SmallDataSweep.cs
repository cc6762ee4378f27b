using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace ResearchKit.Benchmarks;

/// <summary>The runs of notebooks/06-small-data.ipynb, seed by seed: one CSV row for each moment of each run.</summary>
/// <remarks>Runs that the file has already are not computed again, so that a sweep can be stopped and resumed.</remarks>
internal static class SmallDataSweep
{
    public static Command Command()
    {
        var seeds = new Option<string>("--seeds") { DefaultValueFactory = _ => "0..4", Description = "First and last seed." };
        var arms = new Option<string[]>("--arms") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. SmallDataRun.Arms], Description = string.Join(", ", SmallDataRun.Arms) };
        var steps = new Option<int>("--steps", "-n") { DefaultValueFactory = _ => 4000, Description = "Steps of the generator, half of them for the arms that are turned; each run is looked at ten times." };
        var file = new Option<string>("--out") { DefaultValueFactory = _ => "notebooks/sweeps/06-small-data.csv", Description = "The CSV file; runs that it has are kept." };
        var command = new Command("sweep-small-data", "Trains a small DCGAN on few images, with and without augmentation (notebook 06).") { seeds, arms, steps, file };
        command.SetAction(p =>
        {
            var ends = p.GetValue(seeds)!.Split("..").Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
            Run(Enumerable.Range(ends[0], ends[^1] - ends[0] + 1), p.GetValue(arms)!, p.GetValue(steps), p.GetValue(file)!);
        });
        return command;
    }

    private static void Run(IEnumerable<int> seeds, string[] arms, int steps, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        List<string> rows = File.Exists(file) ? [.. File.ReadAllLines(file).Skip(1)] : [];
        foreach (var seed in seeds)
        {
            foreach (var arm in arms)
            {
                var length = arm.Contains("turned", StringComparison.Ordinal) ? steps / 2 : steps;
                if (rows.Exists(r => r.StartsWith($"{arm},{seed},{length},", StringComparison.Ordinal)))
                {
                    continue;
                }

                var watch = Stopwatch.StartNew();
                rows.AddRange(SmallDataRun.Rows(arm, seed, length));
                File.WriteAllText(file, string.Join('\n', Ordered(rows).Prepend(SmallDataRun.Columns)) + "\n");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows[^1]}  ({watch.Elapsed.TotalSeconds:0} s)"));
            }
        }
    }

    // By arm and seed, whatever the order in which they were run; the moments of a run keep theirs.
    private static IEnumerable<string> Ordered(List<string> rows) => rows
        .OrderBy(r => SmallDataRun.Arms.Index().First(a => r.StartsWith(a.Item + ",", StringComparison.Ordinal)).Index)
        .ThenBy(r => int.Parse(r.Split(',')[1], CultureInfo.InvariantCulture));
}

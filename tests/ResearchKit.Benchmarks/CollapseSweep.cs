using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>Judges the monitor of collapse on runs that it knows nothing about, labelled by what it does not see.</summary>
internal static class CollapseSweep
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static Command Command()
    {
        var first = new Option<int>("--first-seed") { DefaultValueFactory = _ => 0, Description = "The seeds are this one and those after it. Thresholds were chosen on 100 and up." };
        var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 3, Description = "How many seeds." };
        var only = new Option<string>("--only") { DefaultValueFactory = _ => "", Description = "Only runs with one of these, separated by commas, in their names." };
        var runs = new Option<string>("--runs") { DefaultValueFactory = _ => "artifacts/collapse", Description = "The folder of the runs; those that are done are judged from their moments, not trained again." };
        var file = new Option<string?>("--out") { Description = "A CSV file for the table of runs." };
        var command = new Command("collapse-monitor", "Trains games that stay healthy or collapse, and tells how well the collapse monitor says which does what.") { first, seeds, only, runs, file };
        command.SetAction(p =>
        {
            Directory.CreateDirectory(p.GetValue(runs)!);
            using var truths = new CollapseTruths();
            var cases = CollapseCase.All(p.GetValue(first), p.GetValue(seeds)).Where(c => p.GetValue(only)!.Split(',').Any(o => c.Name.Contains(o, StringComparison.Ordinal)));
            var outcomes = cases.Select(at => Outcome(at, Path.Combine(p.GetValue(runs)!, at.Name + ".json"), truths)).ToList();
            if (p.GetValue(file) is { } path)
            {
                File.WriteAllText(path, CollapseTables.Csv(outcomes));
            }

            Console.Write(CollapseTables.Of(outcomes));
        });
        return command;
    }

    private static CollapseOutcome Outcome(CollapseCase at, string file, CollapseTruths truths)
    {
        if (!File.Exists(file))
        {
            var watch = Stopwatch.StartNew();
            var run = Play(at, truths);
            File.WriteAllText(file + ".part", JsonSerializer.Serialize(run, Json));
            File.Move(file + ".part", file);
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,5:0} s "));
        }

        var (seen, moments) = JsonSerializer.Deserialize<CollapseRun>(File.ReadAllText(file), Json)!;
        var verdict = CollapseMonitor.Judge(moments);
        var outcome = new CollapseOutcome(at, CollapseLabel.Of(at, seen), verdict, seen.LastOrDefault(t => t.Step <= at.Judged));
        Console.WriteLine($"{at.Name,-26} {outcome.Label,-16} {verdict}");
        return outcome;
    }

    // The monitor sees the run up to the step where it must judge; the truth also sees how it goes on, until it is healthy.
    private static CollapseRun Play(CollapseCase at, CollapseTruths truths)
    {
        using var game = new CollapseGame(at);
        using var monitor = CollapseMonitor.For(game.Trainer, game.Real, at.Every);
        List<CollapseTruth> seen = [];
        try
        {
            foreach (var step in game.Trainer.Run(at.Whole * 3 / 2))
            {
                if (step.Step <= at.Judged)
                {
                    monitor.Observe(step);
                }

                if (step.Step % 100 == 0)
                {
                    seen.Add(truths.Of(game.Trainer, at, step.Step));
                }

                if (step.Step >= at.Judged && CollapseLabel.IsHealthy(at, seen))
                {
                    break;
                }
            }
        }
        catch (TrainingDivergedException diverged)
        {
            Console.WriteLine($"{at.Name}: {diverged.Message}");
        }

        return new CollapseRun(seen, monitor.History);
    }
}

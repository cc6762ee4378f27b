using System.CommandLine;
using System.Text.Json.Nodes;
using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>Judges the monitor on 40 runs that it knows nothing about: half of them broken in a known way, and measured to be bad.
/// </summary>
internal static class MonitorSweep
{
    public static Command Command()
    {
        var first = Arguments.Option("--first-seed", 0,
            "The seeds are this one and those after it. Thresholds were chosen on 100 and up.");
        var runs = Arguments.Option("--runs", "artifacts/monitor",
            "The folder of the runs; those that are done are judged from their logs, not trained again.");
        var file = new Option<string?>("--out") { Description = "A CSV file for the table of runs." };
        var command = new Command("monitor",
            "Trains 40 healthy and broken games, and tells how well the monitor's verdicts say which is which.") { first, runs, file };
        command.SetAction(p =>
        {
            using var scores = new MonitorScores();
            var outcomes = MonitorCase.All(p.GetValue(first))
                .Select(c => Outcome(c, Path.Combine(p.GetValue(runs)!, c.Name), scores)).ToList();
            if (p.GetValue(file) is { } path)
            {
                File.WriteAllText(path, MonitorTables.Csv(outcomes));
            }

            Console.Write(MonitorTables.Of(outcomes));
        });
        return command;
    }

    private static MonitorOutcome Outcome(MonitorCase at, string path, MonitorScores scores)
    {
        var run = RunFolder.Exists(path) ? RunFolder.Open(path) : RunFolder.Create(path, at.Options);
        if (ExperimentJson.Hash(run.Options) != ExperimentJson.Hash(at.Options))
        {
            throw new InvalidOperationException($"{path} holds a run with other options: name another folder with --runs.");
        }

        if (!File.Exists(run.VerdictFile))
        {
            try
            {
                _ = ExperimentRun.Train(run).Count(); // the run's folder keeps what is needed
            }
            catch (TrainingDivergedException)
            {
                // verdict.json says so
            }
        }

        var written = JsonNode.Parse(File.ReadAllText(run.VerdictFile))!;
        var verdict = ExperimentRun.Judge(run).Verdict; // by the thresholds of this build, whenever the run was trained
        var stopped = (string)written["kind"]! == nameof(GameVerdictKind.NotFinite);
        var (distance, modes) = stopped ? (double.NaN, "") : scores.Of(run);
        Console.WriteLine($"{at.Name,-34} distance {distance,9:G4} {modes,5}  {(stopped ? (string)written["words"]! : verdict)}");
        return stopped
            ? new(at, GameVerdictKind.NotFinite, (long)written["since"]!, distance, modes)
            : new(at, verdict.Kind, verdict.Since, distance, modes);
    }
}

using System.CommandLine;

namespace ResearchKit.Benchmarks;

/// <summary>A training with everything on that has a state, killed at random moments and resumed, beside one that was not.</summary>
internal static class Kills
{
    public static Command Command()
    {
        var times = Arguments.Option("--times", 100, "Kills.", "-n");
        var seed = Arguments.Option("--seed", 0, "Chooses the moments.");
        var command = new Command("kills",
            "Trains, is killed (SIGKILL) again and again, resumes each time, and compares every file with those of the run that was not; " +
            "ends with 1 when one differs.")
        {
            times, seed,
        };
        command.SetAction(p => Run(p.GetValue(times), p.GetValue(seed)));
        return command;
    }

    private static int Run(int times, int seed)
    {
        // a start, a checkpoint and up to 40 ms more: a kill comes every two or three steps
        using var runs = new EverythingRun(steps: 20 + 6 * times);
        Require(runs.Train("--out", "whole"));
        var kills = runs.Kill("broken", times, seed, out var torn);
        Require(runs.Train("--out", "broken", "--resume"));
        var (whole, broken) = (runs.Hashes("whole"), runs.Hashes("broken"));
        foreach (var file in whole.Keys.Union(broken.Keys).Order(StringComparer.Ordinal))
        {
            var (first, second) = (whole.GetValueOrDefault(file), broken.GetValueOrDefault(file));
            Console.WriteLine($"{(first == second ? "same" : "DIFFERENT"),-9} {file,-44} {first ?? "missing"}");
        }

        var same = whole.SequenceEqual(broken);
        Console.WriteLine($"{kills} kills, {torn} of them while a checkpoint was being written; " +
            (same ? $"all {whole.Count} files are the same" : "files DIFFER"));
        return same && kills == times ? 0 : 1;
    }

    private static void Require(ProgramRun run)
    {
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"The training ended with {run.ExitCode}: {run.Error}");
        }
    }
}

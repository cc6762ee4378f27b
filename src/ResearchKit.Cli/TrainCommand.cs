using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Training;

namespace ResearchKit.Cli;

internal static class TrainCommand
{
    // What may change when a run is resumed: no result is known by it.
    private static readonly string[] Changeable = ["device", "checkpointEvery"];

    public static Command Create()
    {
        var preset = Given<string?>("preset", "A preset, or a .json file of your own; without one the presets are listed.",
            optional: true);
        var folder = Value<string?>("--out", "The run's folder: options, log, checkpoints, grids of samples, generator.");
        var steps = Value<int?>("--steps", "Steps of G in the whole run.").AtLeast(1);
        var seed = Value<long?>("--seed", "Chooses initial weights, noise and the order of the data.");
        var set = Repeated("--set", "Changes an option, as name=value; may come several times. The options are listed below.");
        var resume = Flag("--resume", "Goes on from the folder's last checkpoint; begins where there is none. The preset may be left " +
            "away then.");
        var command = new Command("train", "Trains a preset into a folder. Ctrl-C writes a checkpoint and ends; --resume goes on, on a " +
            "CPU to the same bytes.") { preset, folder, steps, seed, set, resume, EndOfInput.Option };
        command.SetWork((parsed, cancellation) =>
        {
            var (name, resumes, assignments) = (parsed.GetValue(preset), parsed.GetValue(resume), parsed.GetValue(set)!);
            if (name is null && !resumes)
            {
                return List();
            }

            var path = parsed.GetValue(folder) ?? throw new UsageException("--out is missing: name a folder for the run.");
            NativeRuntime.EnsureLoaded();
            var there = resumes && (name is null || RunFolder.Exists(path)) ? RunFolder.Open(path) : null;
            string[] shortcuts = [.. Shortcut("steps", parsed.GetValue(steps)), .. Shortcut("seed", parsed.GetValue(seed))];
            var options = name is null ? there!.Options : Typed(() => PresetCatalog.Find(name)).Options;
            options = Typed(() => options.With([.. assignments, .. shortcuts]));
            _ = ComputeDevice.Parse(options.Run.Device); // before there is a folder
            var run = there is null
                ? RunFolder.Create(path, options)
                : Resumed(there, options, [.. assignments.Select(a => a.Split('=')[0].Trim())]);
            using var stop = EndOfInput.Or(parsed, cancellation);
            return Run(run, stop.Token);
        });
        return command;
    }

    private static string[] Shortcut(string name, long? value) =>
        value is { } number ? [$"{name}={number}"] : [];

    private static int List()
    {
        foreach (var preset in PresetCatalog.All())
        {
            Console.WriteLine($"{preset.Name,-18} {preset.Title}");
        }

        return 0;
    }

    // What decides results must be the same; of the rest the folder's holds, unless something was said: then it counts where it can.
    private static RunFolder Resumed(RunFolder run, ExperimentOptions asked, string[] said)
    {
        var differences = ExperimentJson.Differences(run.Options, asked).Where(d => d.Counts || said.Contains(d.Name)).ToList();
        if (differences.Where(d => !Changeable.Contains(d.Name)).ToList() is { Count: > 0 } others)
        {
            throw new DataFileException(run.Path, $"the run in this folder has other options " +
                $"({string.Join("; ", others.Select(d => $"{d.Name} is {d.First}, asked is {d.Second}"))}); " +
                $"`train --out {run.Path} --resume` continues with the folder's, or name another folder.");
        }

        if (differences.Count == 0 || run.IsDone)
        {
            return run;
        }

        differences.ForEach(d => Console.Error.WriteLine($"{run.Path}: {d.Name} is {d.Second} from here on; it was {d.First}."));
        return run.With(said.Contains("device") ? asked.Run.Device : run.Options.Run.Device,
            said.Contains("checkpointEvery") ? asked.Run.CheckpointEvery : run.Options.Run.CheckpointEvery);
    }

    private static int Run(RunFolder run, CancellationToken cancellation)
    {
        var step = 0L;
        try
        {
            foreach (var report in ExperimentRun.Train(run, Console.Error.WriteLine, cancellation)
                .WithProgress(run.Options.Run.Steps, Console.Error))
            {
                step = report.Step;
            }
        }
        catch (OperationCanceledException)
        {
            var when = step > 0 ? $" after step {step}" : "";
            Console.Error.WriteLine($"interrupted{when}: a checkpoint is written, and `train --out {run.Path} --resume` goes on.");
            return ExitCode.Interrupted;
        }

        Console.WriteLine($"{run.GeneratorFile} written");
        return 0;
    }
}

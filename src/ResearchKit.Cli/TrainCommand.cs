using System.Globalization;
using System.CommandLine;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Files;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Cli;

/// <summary><c>researchkit train PRESET --out DIR [--steps N] [--seed S] [--set name=value] [--resume]</c>.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var preset = new Argument<string?>("preset") { Description = "A preset, or a .json file of your own; without one the presets " +
            "are listed.", Arity = ArgumentArity.ZeroOrOne };
        var folder =
            new Option<string?>("--out") { Description = "The run's folder: options, log, checkpoints, sheets of samples, generator." };
        var steps = new Option<int?>("--steps") { Description = "Steps of G in the whole run." }.AtLeast(1);
        var seed = new Option<long?>("--seed") { Description = "Chooses initial weights, noise and the order of the data." };
        var set = new Option<string[]>("--set") { Description = $"Changes an option, as name=value; may come several times. There are " +
            $"{string.Join(", ", ExperimentJson.Names)}.", AllowMultipleArgumentsPerToken = false };
        var resume = new Option<bool>("--resume") { Description = "Goes on from the folder's last checkpoint; begins where there is " +
            "none. The preset may be left away then." };
        var command = new Command("train", "Trains a preset into a folder. Ctrl-C writes a checkpoint and ends; --resume goes on, on a " +
            "CPU to the same bytes.") { preset, folder, steps, seed, set, resume, EndOfInput.Option };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var (name, goOn, assignments) = (parsed.GetValue(preset), parsed.GetValue(resume), parsed.GetValue(set) ?? []);
                if (name is null && !goOn)
                {
                    return List();
                }

                var path = parsed.GetValue(folder) ?? throw new UsageException("--out is missing: name a folder for the run.");
                NativeRuntime.EnsureLoaded();
                var there = goOn && (name is null || RunFolder.Exists(path)) ? RunFolder.Open(path) : null;
                var options = Options(name is null ? there!.Options : CommandLine.Named(() => PresetCatalog.Find(name)).Options,
                    parsed.GetValue(steps), parsed.GetValue(seed), assignments);
                _ = ComputeDevice.Parse(options.Device); // before there is a folder
                var run = there is null
                    ? RunFolder.Create(path, options)
                    : Resumed(there, options, [.. assignments.Select(a => a.Split('=')[0].Trim())]);
                using var stop = EndOfInput.Or(parsed, cancellation);
                return Run(run, stop.Token);
            },
            CancellationToken.None));
        return command;
    }

    private static ExperimentOptions Options(ExperimentOptions options, int? steps, long? seed, string[] assignments)
    {
        try
        {
            options = ExperimentJson.With(options, assignments);
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }

        return options with { Steps = steps ?? options.Steps, Seed = seed ?? options.Seed };
    }

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
        if (differences.Where(d => d.Name is not ("device" or "checkpointEvery")).ToList() is { Count: > 0 } others)
        {
            throw new DataFileException(run.Path, $"the run in this folder has other options ({string.Join("; " +
                "", others.Select(d => $"{d.Name} is {d.First}, asked is " +
                $"{d.Second}"))}); `train --out {run.Path} --resume` goes on with the folder's, or name another folder.");
        }

        foreach (var (name, first, second, _) in differences.Where(_ => !run.IsDone))
        {
            Console.Error.WriteLine($"{run.Path}: {name} is {second} from here on; it was {first}.");
        }

        return differences.Count == 0 || run.IsDone
            ? run
            : run.With(said.Contains("device") ? asked.Device : run.Options.Device, said.Contains("checkpointEvery")
                ? asked.CheckpointEvery : run.Options.CheckpointEvery);
    }

    private static int Run(RunFolder run, CancellationToken cancellation)
    {
        var step = 0L;
        try
        {
            foreach (var report in ExperimentRun.Train(run, Console.Error.WriteLine, cancellation)
                .WithProgress(run.Options.Steps, Console.Error))
            {
                step = report.Step;
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"interrupted{(step > 0 ? $" after step {step}" : "")}: a checkpoint is " +
                $"written, and `train --out {run.Path} --resume` goes on."));
            return ExitCode.Interrupted;
        }

        Console.WriteLine($"{run.GeneratorFile} written");
        return 0;
    }
}

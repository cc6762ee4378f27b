using System.CommandLine;
using ResearchKit.Data;
using ResearchKit.Experiments;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Cli;

/// <summary><c>researchkit train PRESET --out DIR [--steps N] [--seed S] [--set name=value] [--resume]</c>.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var preset = new Argument<string?>("preset") { Description = "A preset, or a .json file of your own; without one the presets are listed.", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string?>("--out") { Description = "The run's folder: options, log, checkpoints, sheets of samples, generator." };
        var steps = new Option<int?>("--steps") { Description = "Steps of G in the whole run." }.AtLeast(1);
        var seed = new Option<long?>("--seed") { Description = "Chooses initial weights, noise and the order of the data." };
        var set = new Option<string[]>("--set") { Description = $"Changes an option, as name=value; may come several times. There are {string.Join(", ", ExperimentJson.Names)}.", AllowMultipleArgumentsPerToken = false };
        var resume = new Option<bool>("--resume") { Description = "Goes on from the folder's last checkpoint; begins where there is none." };
        var command = new Command("train", "Trains a preset into a folder. Ctrl-C writes a checkpoint and ends; --resume goes on, on a CPU to the same bytes.") { preset, folder, steps, seed, set, resume, EndOfInput.Option };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                if (parsed.GetValue(preset) is not { } name)
                {
                    return List();
                }

                var path = parsed.GetValue(folder) ?? throw new UsageException("--out is missing: name a folder for the run.");
                var options = Options(name, parsed.GetValue(steps), parsed.GetValue(seed), parsed.GetValue(set) ?? []);
                using var stop = EndOfInput.Or(parsed, cancellation);
                return Run(path, options, parsed.GetValue(resume), stop.Token);
            },
            CancellationToken.None));
        return command;
    }

    private static ExperimentOptions Options(string preset, int? steps, long? seed, string[] assignments)
    {
        var options = CommandLine.Named(() => PresetCatalog.Find(preset)).Options;
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

    private static int Run(string path, ExperimentOptions options, bool resume, CancellationToken cancellation)
    {
        NativeRuntime.EnsureLoaded();
        var run = resume && RunFolder.Exists(path) ? RunFolder.Open(path) : RunFolder.Create(path, options);
        if (ExperimentJson.Hash(run.Options) != ExperimentJson.Hash(options))
        {
            throw new DataFileException(path, "the run in this folder has other options; resume it with those, or name another folder.");
        }

        foreach (var _ in ExperimentRun.Train(run, Console.Error.WriteLine, cancellation).WithProgress(run.Options.Steps, Console.Error))
        {
            // the run keeps what matters
        }

        Console.WriteLine($"{run.GeneratorFile} written");
        return 0;
    }
}

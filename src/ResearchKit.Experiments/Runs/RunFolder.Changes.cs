using System.Text.Json.Nodes;
using ResearchKit.Experiments.Options;
using ResearchKit.Runtime;
using ResearchKit.Schedules;

namespace ResearchKit.Experiments.Runs;

/// <content>What may change in a run that has begun.</content>
public sealed partial class RunFolder
{
    /// <summary>The run with another device, another distance between checkpoints or other memory for images, by none of which its results
    /// are known. <c>run.json</c> takes them, and keeps a list of such changes.</summary>
    /// <param name="device">The device from here on.</param>
    /// <param name="checkpointEvery">Steps from one checkpoint to the next from here on.</param>
    /// <param name="memory">Megabytes of pixels that are kept from here on; null for as many as before.</param>
    /// <exception cref="ArgumentException">There is no such device, or the number is out of its range.</exception>
    /// <exception cref="DataFileException"><c>run.json</c> cannot be written.</exception>
    public RunFolder With(string device, int checkpointEvery, int? memory = null)
    {
        var changed = Options with
        {
            Run = Options.Run with { Device = device, CheckpointEvery = checkpointEvery },
            Data = Options.Data with { Memory = memory ?? Options.Data.Memory },
        };
        changed.Validate();
        _ = ComputeDevice.Parse(device);
        using var held = RunLock.Hold(Path);
        return Rewrite(changed, new JsonObject
        {
            ["device"] = device, ["checkpointEvery"] = checkpointEvery, ["insteadOf"] = Options.Run.CheckpointEvery,
        });
    }

    /// <summary>The run with more steps: it will end as a run of so many steps from its beginning. Until it does, the generator of its end
    /// so far lies beside (<c>generator-before.safetensors</c>).</summary>
    /// <param name="steps">Steps of G in the whole run, more than it has.</param>
    /// <exception cref="ArgumentException">They are not more, or a schedule ends with the run: says which.</exception>
    /// <exception cref="DataFileException">The run has diverged, has no checkpoint to go on from, or a file cannot be written.</exception>
    public RunFolder WithSteps(int steps)
    {
        var old = Options.Run.Steps;
        if (steps <= old)
        {
            throw new ArgumentException($"The run in {Path} has {old} steps, and is asked for {steps}: it can only be made longer.");
        }

        if (ExperimentOption.All.FirstOrDefault(o => o.Get(Options) is RampSchedule ramp && ramp.Delay + ramp.Steps == old) is { } ends)
        {
            throw new ArgumentException($"The option {ends.Name} is {ends.Text(Options)}, which ends with the run's {old} steps, so the " +
                $"run cannot become a run of {steps}: begin one with another schedule, as a new run or with --from {Path}.");
        }

        if (Divergence is { } divergence)
        {
            throw new DataFileException(Path, $"this run has diverged in step {divergence.Step}, so it cannot go on; train with other " +
                "options into another folder.");
        }

        using var held = RunLock.Hold(Path);
        if (IsDone)
        {
            using var newest = Checkpoints.Newest(null)?.State ?? throw new DataFileException(Path, "this run has no checkpoint any " +
                $"more, so it cannot go on; begin a new run from its generator, with --from {GeneratorFile}.");
            File.Move(GeneratorFile, BeforeFile, overwrite: true);
        }

        return Rewrite(Options with { Run = Options.Run with { Steps = steps } }, new JsonObject { ["steps"] = steps, ["after"] = old });
    }

    /// <summary>Writes the samples that show how far a training is, and an image of them into the events.</summary>
    internal void Show(IReadOnlyList<(string Ending, byte[] Content)> samples, long step)
    {
        foreach (var (ending, content) in samples)
        {
            TensorFile.Write(Shown(step, ending), stream => stream.Write(content));
            if (ending == ".png")
            {
                Events.AddImage(step, "samples", Grid(step));
            }
        }
    }

    /// <summary>Takes away what a run that goes on after a step will write again, and what the end of a shorter run has left.</summary>
    /// <returns>The numbers of damaged lines of the log that cannot be written again.</returns>
    internal IReadOnlyList<int> CutAfter(long start)
    {
        var run = Options.Run;
        bool IsKept(long step, int? every) => step <= start && (step % every == 0 || step == run.Steps);
        Scores.Keep(step => IsKept(step, Options.Scoring.ScoreEvery));
        Events.CutAfter(start);
        if (!IsKept(start, run.GridEvery))
        {
            ShownAt(start).ToList().ForEach(File.Delete);
        }

        return Log.Keep(step => IsKept(step, run.LogEvery));
    }

    private RunFolder Rewrite(ExperimentOptions options, JsonObject change)
    {
        var document = ReadDocument();
        document["options"] = ExperimentJson.Node(options);
        document["resumedWith"] ??= new JsonArray();
        document["resumedWith"]!.AsArray().Add(change);
        ExperimentJson.Save(OptionsFile(Path), document);
        return Open(Path);
    }
}

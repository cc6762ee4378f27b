using ResearchKit.Experiments.Building;
using ResearchKit.State;

namespace ResearchKit.Experiments.Runs;

/// <summary>A run's averaged generator: from its file where the run is done, else from its last checkpoint, so that a run can be looked at
/// while it goes on.</summary>
public sealed class RunGenerator : IDisposable
{
    private readonly IReadOnlyList<IDisposable?> _owned;

    private RunGenerator(LatentGenerator generator, long step, params IReadOnlyList<IDisposable?> owned) =>
        (Generator, Step, _owned) = (generator, step, owned);

    /// <summary>The generator, on the CPU.</summary>
    public LatentGenerator Generator { get; }

    /// <summary>The step that it stands after; 0 for a file, which does not say.</summary>
    public long Step { get; }

    /// <summary>Loads it. The run's folder is only read.</summary>
    /// <param name="run">The run, done or not.</param>
    /// <param name="tell">Told of each checkpoint that could not be used.</param>
    /// <exception cref="DataFileException">There is no generator and no checkpoint yet, or the files (for a run that is not done, its data
    /// too) are missing or damaged.</exception>
    public static RunGenerator Load(RunFolder run, Action<string>? tell = null)
    {
        if (ExperimentKinds.IsTranslation(run.Options))
        {
            throw new DataFileException(run.Path, "this run has learned to translate images, and draws none from z: " +
                "`researchkit translate` shows what it does.");
        }

        if (run.IsDone)
        {
            return FromFile(run.GeneratorFile, run.Options.Run.Steps);
        }

        var experiment = (Experiment)ExperimentRun.OnCpu(run);
        try
        {
            var step = run.Checkpoints.Load(experiment.Trainer, tell) ?? throw new DataFileException(run.Path,
                $"this run has no checkpoint yet, so there is no generator to draw from; " +
                $"wait for step {run.Options.Run.CheckpointEvery}, or continue it (train --resume).");
            var average = experiment.Trainer.UseAverage();
            GeneratorFile.RequireFinite(experiment.Generator, run.Path);
            return new RunGenerator(experiment.Generator, step, average, experiment);
        }
        catch
        {
            experiment.Dispose();
            throw;
        }
    }

    /// <summary>Loads a generator's file.</summary>
    /// <param name="file">What <see cref="GeneratorFile.Save"/> wrote.</param>
    /// <param name="step">The step that it stands after, where that is known.</param>
    /// <exception cref="DataFileException">The file is missing, damaged or hostile.</exception>
    public static RunGenerator FromFile(string file, long step = 0)
    {
        var generator = GeneratorFile.Load(file);
        return new RunGenerator(generator, step, generator);
    }

    /// <summary>Reads trained networks for another run to start from: a run's averaged generator and the discriminator of its newest
    /// checkpoint, or the generator of a file.</summary>
    /// <param name="source">A run's folder, or a generator's file.</param>
    /// <param name="tell">Told of each checkpoint that could not be used.</param>
    /// <returns>The networks. The caller disposes them.</returns>
    /// <exception cref="DataFileException">There are none, or a file is damaged.</exception>
    public static StartingWeights NetworksOf(string source, Action<string>? tell = null)
    {
        var weights = new StateStore();
        if (!Directory.Exists(source))
        {
            using var file = FromFile(source);
            weights.Put("generator", file.Generator);
            return new StartingWeights(source, 0, weights);
        }

        var run = RunFolder.Open(source);
        using var generator = Load(run, tell);
        weights.Put("generator", generator.Generator);
        using var checkpoint = run.Checkpoints.Newest(tell)?.State;
        foreach (var (name, value) in checkpoint?.Values ?? new Dictionary<string, Tensor>())
        {
            if (name.StartsWith(StartingWeights.OfDiscriminator, StringComparison.Ordinal))
            {
                weights.Put(name, value);
            }
        }

        return new StartingWeights(source, generator.Step, weights);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in _owned)
        {
            owned?.Dispose();
        }
    }
}

using ResearchKit.Experiments.Options;
using ResearchKit.Runtime;

namespace ResearchKit.Experiments.Building;

/// <summary>What options describe, built and ready to be trained: what a run needs to know of it, whatever its networks are.</summary>
public abstract class TrainableExperiment : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    private protected TrainableExperiment(ExperimentOptions options) => Options = options;

    /// <summary>What it was built from.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The training, before its first step.</summary>
    public abstract StepTrainer Training { get; }

    /// <summary>What was read; null for points and for stacked digits.</summary>
    public abstract DataSummary? Summary { get; }

    /// <summary>What was read of the other domain, for a training from image to image; null for others.</summary>
    public virtual DataSummary? OtherSummary => null;

    /// <summary>What makes samples.</summary>
    internal abstract nn.Module Makers { get; }

    /// <summary>What judges them.</summary>
    internal abstract nn.Module Judges { get; }

    /// <summary>The networks in words: "dcgan".</summary>
    internal abstract string NetworksName { get; }

    /// <summary>Some samples to look at or listen to, always of the same z or inputs, as files by their endings: images as <c>.png</c>,
    /// sounds as <c>.png</c> and <c>.wav</c>, lines as <c>.txt</c>, clips as <c>.png</c> (their frames) and <c>.film.png</c> (which plays),
    /// points as none.</summary>
    internal abstract IReadOnlyList<(string Ending, byte[] Content)> Shown();

    /// <summary>Writes what makes samples, as it is now, into a file.</summary>
    internal abstract void Save(string path);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            owned.Dispose();
        }

        _owned.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>Where several processes share the training, each goes on with random numbers of its own (dropout's) after the networks are
    /// built.</summary>
    private protected void SeedOwnNumbers()
    {
        if (Options.Trainer.Group is { Rank: > 0 })
        {
            RandomState.Seed(Options.Trainer.OwnSeed);
        }
    }

    private protected T Own<T>(T thing)
        where T : IDisposable
    {
        _owned.Add(thing);
        return thing;
    }
}

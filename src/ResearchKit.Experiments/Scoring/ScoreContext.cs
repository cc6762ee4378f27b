using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Metrics;
using ResearchKit.Metrics.Networks;

namespace ResearchKit.Experiments.Scoring;

/// <summary>What scores are taken of: the experiment as it stands after a step, and what is loaded once for all its moments.</summary>
internal sealed class ScoreContext(TrainableExperiment experiment, bool withImages, bool withClassifier) : IDisposable
{
    private readonly ScoreImages? _images = withImages ? new ScoreImages((Experiment)experiment) : null;
    private readonly IFeatureNetwork? _classifier = withClassifier
        ? FeatureNetworks.Load(experiment.Options.Scoring.Network is var n && n == ScoringOptions.Auto ? "digits-28" : n)
        : null;

    public Experiment Experiment => (Experiment)experiment;

    public TranslationExperiment Translation => (TranslationExperiment)experiment;

    public GanTrainer Trainer => Experiment.Trainer;

    public ExperimentOptions Options => experiment.Options;

    /// <summary>Of images that are trained on as they are.</summary>
    public ScoreImages Images => _images ?? throw new InvalidOperationException("These scores use no images.");

    /// <summary>The feature network's name, where scores of images take a minute or more on a CPU; else null.</summary>
    public string? SlowNetwork => _images?.SlowNetwork;

    /// <summary>What reads stacked digits.</summary>
    public IFeatureNetwork Classifier => _classifier ?? throw new InvalidOperationException("These scores use no classifier.");

    /// <summary>The log's steps since the last scoring, read when they are asked for.</summary>
    public IEnumerable<StepReport> Since { get; set; } = [];

    /// <summary>Real samples to score with, and others to say what real ones get: those that are held out, and as many that are trained on;
    /// where none are held out, the trained ones in two halves.</summary>
    /// <param name="trained">Shape (N, ...).</param>
    /// <param name="heldOut">Shape (M, ...); null where there are none.</param>
    /// <returns>Views, in the caller's dispose scope.</returns>
    public static (Tensor Real, Tensor Other) RealAndOther(Tensor trained, Tensor? heldOut)
    {
        var half = trained.shape[0] / 2;
        return heldOut is null ? (trained.narrow(0, half, half), trained.narrow(0, 0, half))
            : (heldOut, trained.narrow(0, 0, Math.Min(trained.shape[0], heldOut.shape[0])));
    }

    /// <summary>Ends a moment.</summary>
    public void Forget() => _images?.Forget();

    public void Dispose()
    {
        _images?.Dispose();
        _classifier?.Dispose();
    }
}

using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Experiments.Runs;
using ResearchKit.Training;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Experiments.Scoring;

/// <summary>Takes a run's scores at the moments that its options name.</summary>
internal sealed class RunScorer : IDisposable
{
    private readonly RunFolder _run;
    private readonly ScorePictures? _pictures;
    private readonly List<IRunScore> _scores = [];
    private readonly bool _withLosses;
    private StackedScores? _stacked;

    public RunScorer(RunFolder run, Experiment experiment)
    {
        _run = run;
        var options = experiment.Options;
        var kinds = ScoreKinds.Parse(options.Scores, options.Data);
        _withLosses = kinds.Contains("losses");
        _pictures = !options.HasPoints && kinds.Any(k => k is not ("losses" or "stacked")) ? new ScorePictures(experiment) : null;
        _scores.AddRange(kinds.Where(k => k != "losses").Select(k => Score(k, experiment)));
    }

    /// <summary>Measures and writes, where a moment has come.</summary>
    public void Keep(long step)
    {
        var options = _run.Options;
        if (!IsMoment(step, options))
        {
            return;
        }

        var values = _scores.SelectMany(s => s.Take()).ToList();
        if (_withLosses)
        {
            var last = options.ScoreEvery == 0 ? 0 : (step - 1) / options.ScoreEvery * options.ScoreEvery;
            var since = _run.Log.Read().Select(l => l.Step).SkipWhile(s => s.Step <= last).ToList();
            double Mean(Func<StepReport, double> of) => since.Select(of).DefaultIfEmpty(double.NaN).Average();
            values.AddRange(
            [
                ("discriminatorLoss", Mean(s => s.DiscriminatorLoss)), ("generatorLoss", Mean(s => s.GeneratorLoss)),
                ("discriminatorGradientNorm", Mean(s => s.DiscriminatorGradientNorm)),
                    ("generatorGradientNorm", Mean(s => s.GeneratorGradientNorm)),
            ]);
        }

        _pictures?.Forget();
        _run.Scores.Add(step, values);
    }

    public void Dispose()
    {
        _pictures?.Dispose();
        _stacked?.Dispose();
    }

    private static bool IsMoment(long step, ExperimentOptions options) =>
        step == options.Steps || (options.ScoreEvery > 0 && step % options.ScoreEvery == 0);

    private IRunScore Score(string kind, Experiment experiment)
    {
        var options = experiment.Options;
        return kind switch
        {
            "modes" or "transport" =>
                new PointScores(experiment.Trainer, PointSets.Find(options)!, kind, options.ScoreSamples == 0 ? 10_000
                    : options.ScoreSamples, options.Latent),
            "stacked" => _stacked = new StackedScores(experiment.Trainer, options),
            "frechet" => new FrechetScore(_pictures!),
            "fidelity" => new FidelityScore(_pictures!),
            "overfitting" =>
                new OverfittingScore(_pictures!, experiment.Discriminator, experiment.Augmentations.OfType<AdaptiveAugmentation>()
                    .FirstOrDefault()),
            "estimate" => new EstimateScore(_pictures!, experiment.Discriminator, options.Loss == "wasserstein"),
            "turns" => new TurnScore(_pictures!),
            _ => throw new InvalidOperationException($"The score {kind} has no maker."), // ScoreKinds.Parse refuses others
        };
    }
}

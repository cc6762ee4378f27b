using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>The steps of a block while they come. Their numbers are read when the block ends: on a GPU that waits once, not at each
/// step.</summary>
internal sealed class GameVitalsBlock
{
    private readonly List<StepReport> _steps = [];
    private WeightNorms? _weights;

    public bool IsEmpty => _steps.Count == 0;

    public long LastStep => _steps[^1].Step;

    public void Add(StepReport step, WeightNorms? weights)
    {
        _steps.Add(step);
        _weights = weights ?? _weights;
    }

    /// <summary>The block's averages; it is empty afterwards.</summary>
    public GameVitals Close()
    {
        double Mean(Func<StepReport, double> value) => _steps.Sum(value) / _steps.Count;
        double GeometricMean(Func<StepReport, double> value) => Math.Exp(Mean(s => Math.Log(Math.Max(1e-12, value(s)))));
        var loss = Mean(s => s.DiscriminatorLoss);
        var vitals = new GameVitals
        {
            Step = LastStep, FirstStep = _steps[0].Step, DiscriminatorLoss = loss, GeneratorLoss = Mean(s => s.GeneratorLoss),
            LossSwing = Math.Sqrt(Mean(s => (s.DiscriminatorLoss - loss) * (s.DiscriminatorLoss - loss))),
                RealProbability = Mean(s => s.RealProbability), FakeProbability = Mean(s => s.FakeProbability),
            RealAccuracy = Mean(s => s.RealAccuracy), FakeAccuracy = Mean(s => s.FakeAccuracy),
                DiscriminatorGradient = GeometricMean(s => s.DiscriminatorGradientNorm),
            GeneratorGradient = GeometricMean(s => s.GeneratorGradientNorm), Weights = _weights,
        };
        _steps.Clear();
        _weights = null;
        return vitals;
    }
}

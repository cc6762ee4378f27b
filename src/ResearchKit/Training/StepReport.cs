using System.Globalization;

namespace ResearchKit.Training;

/// <summary>What one training step did, in plain numbers. Losses are those before the step's updates.</summary>
/// <param name="Step">Generator steps done, this one included, from 1.</param>
/// <param name="Epoch">Passes over the data so far, with the fraction of the current one.</param>
/// <param name="RealLoss">The real samples' term of D's loss.</param>
/// <param name="FakeLoss">The generated samples' term of D's loss.</param>
/// <param name="Penalty">What the penalties added to D's loss, weighted; 0 without any.</param>
/// <param name="GeneratorLoss">G's loss, against D after its update.</param>
/// <param name="RealProbability">D(real): mean sigmoid of the real logits, in [0, 1].</param>
/// <param name="FakeProbability">D(fake): mean sigmoid of the fake logits, in [0, 1].</param>
/// <param name="DiscriminatorGradientNorm">Euclidean norm of D's gradient over all its parameters.</param>
/// <param name="GeneratorGradientNorm">Euclidean norm of G's gradient over all its parameters.</param>
/// <param name="TrainingTime">Time spent inside steps so far (not between them).</param>
/// <param name="ImagesPerSecond">Real samples seen by D per second, averaged over about the last 20 steps.</param>
public sealed record StepReport(
    long Step,
    double Epoch,
    double RealLoss,
    double FakeLoss,
    double Penalty,
    double GeneratorLoss,
    double RealProbability,
    double FakeProbability,
    double DiscriminatorGradientNorm,
    double GeneratorGradientNorm,
    TimeSpan TrainingTime,
    double ImagesPerSecond)
{
    /// <summary>D's loss: the sum of its two terms, without penalties.</summary>
    public double DiscriminatorLoss => RealLoss + FakeLoss;

    /// <summary>One line without times, the same on every run with the same seed and machine.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"step {Step,5}  epoch {Epoch,5:0.00}  D loss {DiscriminatorLoss:0.000}  G loss {GeneratorLoss:0.000}  D(real) {RealProbability:0.00}  D(fake) {FakeProbability:0.00}");
}

using System.Globalization;

namespace ResearchKit.Training;

/// <summary>What one training step did, in plain numbers. Losses are those before the step's updates.</summary>
/// <remarks>On a GPU the losses, probabilities and norms are fetched when one of them is read; the numbers of a step that nobody reads are
/// not waited for (the copy of the noise to the GPU is).</remarks>
public sealed class StepReport
{
    private readonly double[]? _values;
    private readonly (StepLog Log, int Row) _source;

    /// <summary>Makes a report from numbers.</summary>
    /// <param name="step">Generator steps done, this one included, from 1.</param>
    /// <param name="epoch">Passes over the data so far.</param>
    /// <param name="realLoss">The real samples' term of D's loss.</param>
    /// <param name="fakeLoss">The generated samples' term of D's loss.</param>
    /// <param name="penalty">What the penalties added to D's loss.</param>
    /// <param name="generatorLoss">G's loss.</param>
    /// <param name="realProbability">D(real).</param>
    /// <param name="fakeProbability">D(fake).</param>
    /// <param name="discriminatorGradientNorm">Norm of D's gradient.</param>
    /// <param name="generatorGradientNorm">Norm of G's gradient.</param>
    /// <param name="trainingTime">Time spent inside steps so far.</param>
    /// <param name="imagesPerSecond">Real samples seen by D per second.</param>
    /// <param name="realAccuracy">Share of real samples that D takes for real; NaN where it is not known.</param>
    /// <param name="fakeAccuracy">Share of generated samples that D takes for generated; NaN where it is not known.</param>
    public StepReport(
        long step, double epoch, double realLoss, double fakeLoss, double penalty, double generatorLoss, double realProbability,
            double fakeProbability,
        double discriminatorGradientNorm, double generatorGradientNorm, TimeSpan trainingTime, double imagesPerSecond,
            double realAccuracy = double.NaN, double fakeAccuracy = double.NaN)
        : this(step, epoch, trainingTime, imagesPerSecond) =>
        _values = [0, realProbability, fakeProbability, realLoss, fakeLoss, penalty, discriminatorGradientNorm, generatorLoss,
            generatorGradientNorm, (2 * realAccuracy) - 1, 1 - (2 * fakeAccuracy)];

    internal StepReport(long step, double epoch, TimeSpan trainingTime, double imagesPerSecond, StepLog log, int row)
        : this(step, epoch, trainingTime, imagesPerSecond) => _source = (log, row);

    private StepReport(long step, double epoch, TimeSpan trainingTime, double imagesPerSecond) =>
        (Step, Epoch, TrainingTime, ImagesPerSecond) = (step, epoch, trainingTime, imagesPerSecond);

    /// <summary>Generator steps done, this one included, from 1.</summary>
    public long Step { get; }

    /// <summary>Passes over the data so far, with the fraction of the current one.</summary>
    public double Epoch { get; }

    /// <summary>Time spent inside steps so far (not between them).</summary>
    public TimeSpan TrainingTime { get; }

    /// <summary>Real samples seen by D per second, averaged over about the last 20 steps.</summary>
    public double ImagesPerSecond { get; }

    /// <summary>D(real): mean sigmoid of the real logits, in [0, 1].</summary>
    public double RealProbability => this[1];

    /// <summary>D(fake): mean sigmoid of the fake logits, in [0, 1].</summary>
    public double FakeProbability => this[2];

    /// <summary>The real samples' term of D's loss.</summary>
    public double RealLoss => this[3];

    /// <summary>The generated samples' term of D's loss.</summary>
    public double FakeLoss => this[4];

    /// <summary>What the penalties added to D's loss, weighted; 0 without any.</summary>
    public double Penalty => this[5];

    /// <summary>Euclidean norm of D's gradient over all its parameters, before it is limited.</summary>
    public double DiscriminatorGradientNorm => this[6];

    /// <summary>G's loss, against D after its update.</summary>
    public double GeneratorLoss => this[7];

    /// <summary>Euclidean norm of G's gradient over all its parameters, before it is limited.</summary>
    public double GeneratorGradientNorm => this[8];

    /// <summary>Share of real samples that D takes for real, in [0, 1]; one that it is undecided about counts half. D's border lies at
    /// logit 0, at 0.5 in the least-squares game, and midway between the batches' means where only differences matter (critics,
    /// relativistic games).</summary>
    public double RealAccuracy => (1 + this[9]) / 2;

    /// <summary>Share of generated samples that D takes for generated, likewise.</summary>
    public double FakeAccuracy => (1 - this[10]) / 2;

    /// <summary>r_t, the mean sign of D's real logits about that border, in [-1, 1]: ADA's sign of overfitting (arXiv:2006.06676, eq.
    /// 1).</summary>
    public double RealSign => this[9];

    /// <summary>D's loss: the sum of its two terms, without penalties.</summary>
    public double DiscriminatorLoss => RealLoss + FakeLoss;

    /// <summary>One line without times, the same on every run with the same seed and machine.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"step {Step,5}  epoch {Epoch,5:0.00}  D loss {DiscriminatorLoss:0.000}  G loss {GeneratorLoss:0.000}  D(real) " +
            $"{RealProbability:0.00}  D(fake) {FakeProbability:0.00}");

    private double this[int quantity] => _values is null ? _source.Log[_source.Row][quantity] : _values[quantity];
}

using System.Globalization;

namespace ResearchKit.Training;

/// <summary>What one training step did, in plain numbers. Losses are those before the step's updates.</summary>
/// <remarks>On a GPU the losses, probabilities and norms are fetched when one of them is read; the numbers of a step that nobody reads are
/// not waited for (the copy of the noise to the GPU is).</remarks>
public sealed class StepReport
{
    private readonly Func<StepQuantity, double> _numbers;

    /// <summary>Makes a report from numbers.</summary>
    /// <param name="step">Generator steps done, this one included, from 1.</param>
    /// <param name="epoch">Passes over the data so far.</param>
    /// <param name="trainingTime">Time spent inside steps so far.</param>
    /// <param name="imagesPerSecond">Real samples seen by D per second.</param>
    /// <param name="numbers">One for each <see cref="StepQuantity"/>, in order; the last ones may be left out, and are then NaN.</param>
    public StepReport(long step, double epoch, TimeSpan trainingTime, double imagesPerSecond, params double[] numbers)
        : this(step, epoch, trainingTime, imagesPerSecond, q => (int)q < numbers.Length ? numbers[(int)q] : double.NaN)
    {
    }

    internal StepReport(long step, double epoch, TimeSpan trainingTime, double imagesPerSecond, Func<StepQuantity, double> numbers) =>
        (Step, Epoch, TrainingTime, ImagesPerSecond, _numbers) = (step, epoch, trainingTime, imagesPerSecond, numbers);

    /// <summary>Generator steps done, this one included, from 1.</summary>
    public long Step { get; }

    /// <summary>Passes over the data so far, with the fraction of the current one.</summary>
    public double Epoch { get; }

    /// <summary>Time spent inside steps so far (not between them).</summary>
    public TimeSpan TrainingTime { get; }

    /// <summary>Real samples seen by D per second, averaged over about the last 20 steps.</summary>
    public double ImagesPerSecond { get; }

    /// <summary>One of the numbers.</summary>
    /// <param name="quantity">Which.</param>
    public double this[StepQuantity quantity] => _numbers(quantity);

    /// <inheritdoc cref="StepQuantity.RealProbability"/>
    public double RealProbability => this[StepQuantity.RealProbability];

    /// <inheritdoc cref="StepQuantity.FakeProbability"/>
    public double FakeProbability => this[StepQuantity.FakeProbability];

    /// <inheritdoc cref="StepQuantity.RealLoss"/>
    public double RealLoss => this[StepQuantity.RealLoss];

    /// <inheritdoc cref="StepQuantity.FakeLoss"/>
    public double FakeLoss => this[StepQuantity.FakeLoss];

    /// <inheritdoc cref="StepQuantity.Penalty"/>
    public double Penalty => this[StepQuantity.Penalty];

    /// <inheritdoc cref="StepQuantity.DiscriminatorGradientNorm"/>
    public double DiscriminatorGradientNorm => this[StepQuantity.DiscriminatorGradientNorm];

    /// <inheritdoc cref="StepQuantity.GeneratorLoss"/>
    public double GeneratorLoss => this[StepQuantity.GeneratorLoss];

    /// <inheritdoc cref="StepQuantity.GeneratorGradientNorm"/>
    public double GeneratorGradientNorm => this[StepQuantity.GeneratorGradientNorm];

    /// <inheritdoc cref="StepQuantity.RealAccuracy"/>
    public double RealAccuracy => this[StepQuantity.RealAccuracy];

    /// <inheritdoc cref="StepQuantity.FakeAccuracy"/>
    public double FakeAccuracy => this[StepQuantity.FakeAccuracy];

    /// <inheritdoc cref="StepQuantity.ReconstructionLoss"/>
    public double ReconstructionLoss => this[StepQuantity.ReconstructionLoss];

    /// <inheritdoc cref="StepQuantity.IdentityLoss"/>
    public double IdentityLoss => this[StepQuantity.IdentityLoss];

    /// <summary>r_t, the mean sign of D's real logits about its border, in [-1, 1]: ADA's sign of overfitting (arXiv:2006.06676).</summary>
    public double RealSign => (2 * RealAccuracy) - 1;

    /// <summary>D's loss: the sum of its two terms, without penalties.</summary>
    public double DiscriminatorLoss => RealLoss + FakeLoss;

    /// <summary>One line without times, the same on every run with the same seed and machine; nothing of D in a step that leaves it
    /// alone.</summary>
    public override string ToString()
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"step {Step,5}  epoch {Epoch,5:0.00}  ");
        return line + (double.IsNaN(DiscriminatorLoss)
            ? string.Create(CultureInfo.InvariantCulture, $"G loss {GeneratorLoss:0.000}  D not trained")
            : string.Create(CultureInfo.InvariantCulture, $"D loss {DiscriminatorLoss:0.000}  G loss {GeneratorLoss:0.000}  " +
                $"D(real) {RealProbability:0.00}  D(fake) {FakeProbability:0.00}"));
    }
}

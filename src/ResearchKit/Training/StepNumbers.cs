using ResearchKit.Losses;
using static TorchSharp.torch;

namespace ResearchKit.Training;

/// <summary>The numbers of one step: gathered on the device, fetched in one transfer. Of several D steps the last one counts.</summary>
internal sealed class StepNumbers
{
    private static readonly string[] Quantities =
    [
        "D's loss on real samples", "D's loss on generated samples", "G's loss", "D(real)", "D(fake)", "the norm of D's gradient", "the norm of G's gradient", "the penalty on D",
    ];

    private readonly Tensor?[] _onDevice = new Tensor?[Quantities.Length];
    private double[] _values = [];

    public double RealLoss => _values[0];

    public double FakeLoss => _values[1];

    public double GeneratorLoss => _values[2];

    public double RealProbability => _values[3];

    public double FakeProbability => _values[4];

    public double DiscriminatorGradientNorm => _values[5];

    public double GeneratorGradientNorm => _values[6];

    public double Penalty => _values[7];

    public void SetDiscriminator(DiscriminatorTerms terms, Tensor penalty, Tensor realLogits, Tensor fakeLogits, Tensor gradientNorm)
    {
        using var noGrad = no_grad();
        _onDevice[0] = Keep(terms.Real);
        _onDevice[1] = Keep(terms.Fake);
        _onDevice[3] = Keep(realLogits.sigmoid().mean());
        _onDevice[4] = Keep(fakeLogits.sigmoid().mean());
        _onDevice[5] = Keep(gradientNorm);
        _onDevice[7] = Keep(penalty);
    }

    public void SetGenerator(Tensor loss, Tensor gradientNorm)
    {
        _onDevice[2] = Keep(loss);
        _onDevice[6] = Keep(gradientNorm);
    }

    /// <summary>Brings all numbers to the CPU at once; on a GPU this waits for the step to end.</summary>
    public void Fetch()
    {
        using var all = stack(_onDevice.Select(t => t!)).to(ScalarType.Float64).cpu();
        _values = all.data<double>().ToArray();
    }

    /// <summary>Throws when a number is NaN or infinite, naming the first one in the order of computation.</summary>
    /// <exception cref="TrainingDivergedException">A number is not finite.</exception>
    public void RequireFinite(long step, Tensor real)
    {
        int[] order = [0, 1, 7, 5, 2, 6];
        var first = Array.Find(order, i => !double.IsFinite(_values[i]));
        if (double.IsFinite(_values[first]))
        {
            return;
        }

        throw new TrainingDivergedException(step, $"{Quantities[first]} ({_values[first]})", LikelyCause(step, first, real));
    }

    private static Tensor Keep(Tensor value) => value.detach();

    private static string LikelyCause(long step, int first, Tensor real)
    {
        if (!real.isfinite().all().item<bool>())
        {
            return "The real batch itself holds NaN or infinity: look at the data and at how it is scaled.";
        }

        var isGenerator = first is 2 or 6;
        if (step == 1 && !isGenerator)
        {
            return "It happened at the first step, so the fault lies in the networks as they were built: look at their initial weights and at the scale of the input.";
        }

        return $"The weights have grown without bound; the usual cause is a learning rate that is too high for {(isGenerator ? "G, or for D, which G's loss is computed through" : "D")}. Lower it (2e-4 is DCGAN's), or add a gradient penalty.";
    }
}

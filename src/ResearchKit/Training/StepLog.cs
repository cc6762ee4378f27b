using ResearchKit.Losses;

namespace ResearchKit.Training;

/// <summary>The numbers of some steps, one row each, written on the device and brought to the CPU together when one of them is read: nobody
/// waits for them in every step.</summary>
internal sealed class StepLog : IDisposable
{
    /// <summary>Steps in one log.</summary>
    public const int Capacity = 64;

    private static readonly string[] Quantities =
    [
        "the sum of the real batch", "D(real)", "D(fake)", "D's loss on real samples", "D's loss on generated samples", "the penalty on D",
            "the norm of D's gradient", "G's loss", "the norm of G's gradient",
        "the mean sign of D's real logits", "the mean sign of D's generated logits",
    ];

    private static readonly int[] OrderOfComputation = [3, 4, 5, 6, 7, 8];

    private readonly Tensor _rows;
    private readonly long _firstStep;
    private readonly double? _undecided;
    private readonly double[] _values = new double[Capacity * Quantities.Length];
    private readonly TorchSharp.Utils.TensorAccessor<double>? _direct;
    private int _fetched;
    private int _checked;

    /// <summary>Starts an empty log.</summary>
    /// <param name="device">Where the networks are.</param>
    /// <param name="firstStep">The number of the first step that will be written, from 1.</param>
    /// <param name="logits">What D's numbers mean: it says which of them stand for "real".</param>
    public StepLog(Device device, long firstStep, LogitKind logits = LogitKind.LogOdds)
    {
        _rows = zeros(Capacity, Quantities.Length, ScalarType.Float64, device).DetachFromDisposeScope();
        _firstStep = firstStep;
        _undecided = logits switch { LogitKind.LogOdds or LogitKind.Margin => 0, LogitKind.Label => 0.5, _ => null };
        _direct = device.type == DeviceType.CPU ? _rows.data<double>() : null;
    }

    /// <summary>Steps written so far.</summary>
    public int Count { get; private set; }

    /// <summary>Writes a step's numbers.</summary>
    public void Write(Tensor real, Tensor realLogits, Tensor fakeLogits, Tensor realLoss, Tensor fakeLoss, Tensor penalty,
        Tensor discriminatorNorm, Tensor generatorLoss, Tensor generatorNorm)
    {
        using var noGrad = no_grad();
        StepKernels.Record(_rows, Count, real, realLogits, fakeLogits,
            [realLoss, fakeLoss, penalty, discriminatorNorm, generatorLoss, generatorNorm], _undecided);
        Count++;
    }

    /// <summary>A step's numbers, in the order of <c>Quantities</c>; waits for the device when they are not here yet.</summary>
    public ReadOnlySpan<double> this[int row]
    {
        get
        {
            if (row >= _fetched)
            {
                Fetch();
            }

            return _values.AsSpan(row * Quantities.Length, Quantities.Length);
        }
    }

    /// <summary>Throws when a number that is on the CPU is NaN or infinite, naming the first one in the order of computation.</summary>
    /// <exception cref="TrainingDivergedException">A number is not finite.</exception>
    public void RequireFinite()
    {
        for (; _checked < _fetched; _checked++)
        {
            var values = this[_checked];
            foreach (var i in OrderOfComputation)
            {
                if (!double.IsFinite(values[i]))
                {
                    var step = _firstStep + _checked;
                    throw new TrainingDivergedException(step, $"{Quantities[i]} ({values[i]})",
                        LikelyCause(step, isGenerator: i >= 7, double.IsFinite(values[0])));
                }
            }
        }
    }

    /// <summary>Brings what is left to the CPU and frees the device's memory; the numbers can still be read.</summary>
    public void Dispose()
    {
        Fetch();
        _rows.Dispose();
    }

    /// <summary>Brings what is left to the CPU.</summary>
    public void Fetch()
    {
        if (_fetched == Count)
        {
            return;
        }

        if (_direct is not null)
        {
            for (var i = _fetched * Quantities.Length; i < Count * Quantities.Length; i++)
            {
                _values[i] = _direct[i];
            }
        }
        else
        {
            using var scope = NewDisposeScope();
            _rows.narrow(0, 0, Count).cpu().data<double>().CopyTo(_values);
        }

        _fetched = Count;
    }

    private static string LikelyCause(long step, bool isGenerator, bool dataIsFinite)
    {
        if (!dataIsFinite)
        {
            return "The real batch itself holds NaN or infinity: look at the data and at how it is scaled.";
        }

        if (step == 1 && !isGenerator)
        {
            return "It happened at the first step, so the fault lies in the networks as they were built: look at their initial weights " +
                "and at the scale of the input.";
        }

        return $"The weights have grown without bound; the usual cause is a learning rate that is too high for {(isGenerator ? "G, or " +
            "for D, which G's loss is computed through" : "D")}. Lower it (2e-4 is DCGAN's), or add a gradient penalty.";
    }
}

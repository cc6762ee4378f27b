using ResearchKit.Losses;
using ResearchKit.Runtime;

namespace ResearchKit.Training;

/// <summary>The numbers of some steps, one row each, written on the device and brought to the CPU together when one of them is read: nobody
/// waits for them in every step.</summary>
internal sealed class StepLog : IDisposable
{
    /// <summary>Steps in one log.</summary>
    public const int Capacity = 64;

    // What is looked at first says where it began.
    private static readonly StepQuantity[] OrderOfComputation =
    [
        StepQuantity.RealLoss, StepQuantity.FakeLoss, StepQuantity.Penalty, StepQuantity.DiscriminatorGradientNorm,
        StepQuantity.GeneratorLoss, StepQuantity.GeneratorGradientNorm,
    ];

    private readonly Tensor _none; // NaN: this training has no such number

    private readonly Tensor _rows;
    private readonly long _firstStep;
    private readonly bool _stopsAtNaN;
    private readonly double? _undecided;
    private readonly ProcessGroup? _group;
    private readonly double[] _values = new double[Capacity * StepKernels.RowLength];
    private readonly bool[] _isWithoutD = new bool[Capacity];
    private int _fetched;
    private int _checked;

    /// <summary>Starts an empty log on the networks' device; what logits mean says which of them stand for "real". Processes that train
    /// together fetch the means of their numbers, each after every step. Where several trainings share a log
    /// (<see cref="BatchedTrainer"/>), a number of one that is not finite must not stop the others.</summary>
    public StepLog(Device device, long firstStep, LogitKind logits = LogitKind.LogOdds, ProcessGroup? group = null,
        bool stopsAtNaN = true)
    {
        _stopsAtNaN = stopsAtNaN;
        _rows = zeros(Capacity, StepKernels.RowLength, ScalarType.Float64, device).DetachFromDisposeScope();
        _none = full([], double.NaN, ScalarType.Float64, device).DetachFromDisposeScope();
        (_firstStep, _group) = (firstStep, group);
        _undecided = logits switch { LogitKind.LogOdds or LogitKind.Margin => 0, LogitKind.Label => 0.5, _ => null };
    }

    /// <summary>Steps written so far.</summary>
    public int Count { get; private set; }

    public void Write(Tensor real, Tensor realLogits, Tensor fakeLogits, Tensor realLoss, Tensor fakeLoss, Tensor penalty,
        Tensor discriminatorNorm, Tensor generatorLoss, Tensor generatorNorm, Tensor? reconstruction = null, Tensor? identity = null)
    {
        using var noGrad = no_grad();
        StepKernels.Record(_rows, Count, _undecided, real, realLogits, fakeLogits, realLoss, fakeLoss, penalty, discriminatorNorm,
            generatorLoss, generatorNorm, reconstruction ?? _none, identity ?? _none);
        Count++;
    }

    /// <summary>Writes a step that moved G alone; the numbers of D are NaN.</summary>
    public void WriteWithoutDiscriminator(Tensor real, Tensor generatorLoss, Tensor generatorNorm)
    {
        _isWithoutD[Count] = true;
        Write(real, _none, _none, _none, _none, _none, _none, generatorLoss, generatorNorm);
    }

    /// <summary>A number of a step; waits for the device when it is not here yet.</summary>
    public double this[int row, StepQuantity quantity]
    {
        get
        {
            if (row >= _fetched)
            {
                Fetch();
            }

            var value = _isWithoutD[row] && !IsOfG(quantity) ? double.NaN : At(row, (int)quantity);
            return quantity is StepQuantity.RealAccuracy or StepQuantity.FakeAccuracy ? (1 + value) / 2 : value;
        }
    }

    /// <summary>Throws when a number that is on the CPU is NaN or infinite, naming the first one in the order of computation.</summary>
    /// <exception cref="TrainingDivergedException">A number is not finite.</exception>
    public void RequireFinite()
    {
        for (; _stopsAtNaN && _checked < _fetched; _checked++)
        {
            foreach (var quantity in OrderOfComputation)
            {
                if ((!_isWithoutD[_checked] || IsOfG(quantity)) && At(_checked, (int)quantity) is var value && !double.IsFinite(value))
                {
                    var step = _firstStep + _checked;
                    throw new TrainingDivergedException(step, $"{quantity.Description()} ({value})", LikelyCause(step,
                        isGenerator: IsOfG(quantity),
                        dataIsFinite: double.IsFinite(At(_checked, StepKernels.RowLength - 1))));
                }
            }
        }
    }

    /// <summary>Brings what is left to the CPU and frees the device's memory; the numbers can still be read.</summary>
    public void Dispose()
    {
        Fetch();
        _rows.Dispose();
        _none.Dispose();
    }

    /// <summary>Brings what is left to the CPU.</summary>
    public void Fetch()
    {
        if (_fetched < Count)
        {
            using var scope = NewDisposeScope();
            _rows.narrow(0, _fetched, Count - _fetched).cpu().data<double>().CopyTo(_values, _fetched * StepKernels.RowLength);
            _group?.Average(_values.AsSpan((_fetched * StepKernels.RowLength)..(Count * StepKernels.RowLength)));
            _fetched = Count;
        }
    }

    private static bool IsOfG(StepQuantity quantity) => quantity is StepQuantity.GeneratorLoss or StepQuantity.GeneratorGradientNorm;

    private double At(int row, int column) => _values[(row * StepKernels.RowLength) + column];

    private static string LikelyCause(long step, bool isGenerator, bool dataIsFinite) =>
        !dataIsFinite ? "The real batch itself holds NaN or infinity: look at the data and at how it is scaled."
        : step == 1 && !isGenerator
            ? "It happened at the first step, so the fault lies in the networks as they were built: look at their initial weights and at " +
                "the scale of the input."
        : $"The weights have grown without bound; the usual cause is a learning rate that is too high for " +
            $"{(isGenerator ? "G, or for D, which G's loss is computed through" : "D")}. Lower it (2e-4 is DCGAN's), or add a gradient " +
            $"penalty.";
}

/// <summary>A number of the training became NaN or infinite. On a CPU it is seen in the step itself, and an average that the trainer keeps
/// holds the weights from before the step; on a GPU it is seen when the numbers come, some steps later.</summary>
/// <param name="step">The step, from 1, at which it was seen.</param>
/// <param name="quantity">What was not finite, for example <c>D's loss on real samples</c>.</param>
/// <param name="likelyCause">The most likely cause and what to try, as a sentence.</param>
public sealed class TrainingDivergedException(long step, string quantity, string likelyCause)
    : Exception($"Training stopped at step {step}: {quantity} is not a finite number. {likelyCause}")
{
    /// <summary>The step, from 1.</summary>
    public long Step { get; } = step;

    /// <summary>What was not finite.</summary>
    public string Quantity { get; } = quantity;
}

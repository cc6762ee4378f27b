using System.Diagnostics;
using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Training;

/// <summary>A training, one step for every report that is pulled: what all trainers of the kit share.</summary>
public abstract class StepTrainer : IResumable, IDisposable
{
    private readonly IGameStep _step;
    private readonly IBatchSource _data;
    private readonly TrainerOptions _options;
    private readonly WeightAverage? _average;
    private readonly bool _stopsAtNaN;
    private readonly Tensor[] _buffers = [];
    private readonly NativeHeapKeeper _heap = new();
    private readonly Stopwatch _watch = new();
    private StepLog _log;
    private double _secondsPerStep;

    private protected StepTrainer(IGameStep step, nn.Module averaged, LogitKind logits, IBatchSource data, TrainerOptions options,
        bool stopsAtNaN = true)
    {
        (_step, Logits, _data, _options, _stopsAtNaN) = (step, logits, data, options, stopsAtNaN);
        if (Group is not null)
        {
            _buffers = [.. step.Networks.SelectMany(n => n.buffers()).Where(b => b.is_floating_point())];
        }

        _average = options.AverageDecay is null && options.AverageHalfLife is null
            ? null
            : new WeightAverage(averaged, options.AverageDecay ?? 0);
        _log = new StepLog(step.Device, 1, logits, Group, stopsAtNaN);
    }

    /// <summary>What the discriminator's numbers mean in this game.</summary>
    public LogitKind Logits { get; }

    /// <summary>The processes that share the training; null for this one alone.</summary>
    internal ProcessGroup? Group => _options.Group;

    /// <summary>Generator steps done so far.</summary>
    public long StepsDone { get; private set; }

    /// <summary>Passes over the data so far.</summary>
    public double EpochsDone => _data.Position.Epoch + (double)_data.Position.Batch / _data.BatchesPerEpoch;

    /// <summary>Time spent inside steps so far.</summary>
    public TimeSpan TrainingTime => _watch.Elapsed;

    /// <summary>The next <paramref name="steps"/> steps; each is done when its report is pulled.</summary>
    /// <param name="steps">How many, at least 0.</param>
    /// <param name="cancellation">Ends the sequence between two steps; the trainer stays ready for more.</param>
    /// <returns>Reports; the sequence can be left at any point, and walked once: a second time throws
    /// <see cref="InvalidOperationException"/>.</returns>
    /// <exception cref="TrainingDivergedException">While pulling: a number is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">While pulling: the host's Stop was pressed (<see cref="HostCancellation"/>). The
    /// trainer stays ready for more.</exception>
    public IEnumerable<StepReport> Run(int steps, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        var pulled = 0;
        return new TrainingSteps(Steps(() => pulled++ < steps, cancellation), steps);
    }

    /// <summary>Steps until the data has been passed over <paramref name="epochs"/> more times.</summary>
    /// <param name="epochs">How many, at least 0; fractions count.</param>
    /// <param name="cancellation">Ends the sequence between two steps.</param>
    /// <inheritdoc cref="Run"/>
    public IEnumerable<StepReport> RunEpochs(double epochs, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        double? goal = null;
        return new TrainingSteps(Steps(() => EpochsDone < (goal ??= EpochsDone + epochs), cancellation));
    }

    /// <summary>Steps until <paramref name="time"/> more has been spent inside steps.</summary>
    /// <param name="time">How long, at least zero; the step in progress is finished.</param>
    /// <param name="cancellation">Ends the sequence between two steps.</param>
    /// <inheritdoc cref="Run"/>
    public IEnumerable<StepReport> RunFor(TimeSpan time, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        TimeSpan? goal = null;
        return new TrainingSteps(Steps(() => TrainingTime < (goal ??= TrainingTime + time), cancellation));
    }

    /// <summary>Puts the averaged weights into what is trained until the result is disposed, for example to save them.</summary>
    /// <returns>Disposing it puts the trained weights back, bit for bit. Null where there is no average.</returns>
    public IDisposable? UseAverage() => _average?.Apply();

    /// <summary>Writes all that the next steps depend on: both networks, their optimizers, the average, the place in the data and every
    /// random state. Between two steps.</summary>
    /// <remarks>Parts of your own with a state (a latent source, a penalty, an augmentation) are kept when they implement
    /// <see cref="IResumable"/>.</remarks>
    /// <param name="state">Where to.</param>
    public void Save(StateStore state)
    {
        state.Put("steps", StepsDone);
        _step.Save(state);
        _average?.Save(state.Under("average"));
    }

    /// <summary>Goes back to a state: on a CPU the steps from there are those that followed it, bit for bit, where the trainer was built
    /// with the same parts and options and the number of threads is the same.</summary>
    /// <param name="state">Where from.</param>
    /// <exception cref="InvalidDataException">The state is of another training. The trainer may have taken over some of it.</exception>
    public void Load(StateStore state)
    {
        _step.Load(state);
        _average?.Load(state.Under("average"));
        StepsDone = state.Whole("steps");
        if (state.Unread.FirstOrDefault() is { } left)
        {
            throw new InvalidDataException($"The state is of another training: it holds {left}, which this one has no part for.");
        }

        NewLog();
    }

    /// <summary>Writes the state of all processes that share the training, into the store of the first; each calls it.</summary>
    internal void SaveAll(StateStore state)
    {
        Save(state);
        if (Group is not null)
        {
            SharedState.Gather(Group, state);
        }
    }

    /// <summary>Goes back to a state that <see cref="SaveAll"/> wrote.</summary>
    /// <param name="state">Of the first process; null in the others, and where there is none.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidDataException">The state is of another training, or of another number of processes.</exception>
    internal bool LoadAll(StateStore? state)
    {
        if (state is not null && SharedState.CountOf(state) is var count && count != (Group?.Count ?? 1))
        {
            throw new InvalidDataException($"The state is of a training by {count} processes, and this is one by {Group?.Count ?? 1}: " +
                $"start as many.");
        }

        using var own = Group is null ? null : SharedState.Scatter(Group, state);
        if ((own ?? state) is { } there)
        {
            Load(there);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _step.Dispose();
        _average?.Dispose();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Brings threads and arithmetic to what the networks' passes need, with the averaged weights if asked for.</summary>
    /// <returns>Disposing it puts the trained weights back; null where they are in place.</returns>
    private protected IDisposable? Prepare(bool averaged)
    {
        CpuThreads.Use(_options.Threads);
        TensorFloat32.Use(_options.Precision == Precision.TensorFloat32, _step.Device);
        return averaged ? _average?.Apply() : null;
    }

    private IEnumerable<StepReport> Steps(Func<bool> more, CancellationToken cancellation)
    {
        using var pauses = new CollectionPauses();
        var host = HostCancellation.Current;
        while (!Ends(cancellation.IsCancellationRequested || host.IsCancellationRequested || !more()))
        {
            pauses.Renew();
            yield return Step(); // no scope and no gradient mode is held across the yield
        }

        _log.Fetch();
        _log.RequireFinite();
        host.ThrowIfCancellationRequested(); // the rest of the cell shall not run either
    }

    // Processes that share a training end it after the same step.
    private bool Ends(bool own) => Group?.Any(own) ?? own;

    private StepReport Step()
    {
        var start = _watch.Elapsed;
        _watch.Start();
        try
        {
            CpuThreads.Use(_options.Threads); // the consumer may have left another number, or come on another thread
            _log.RequireFinite();
            if (_log.Count == StepLog.Capacity)
            {
                _log.Fetch();
                _log.RequireFinite();
                NewLog();
            }

            _step.Run(StepsDone + 1, _log);
            Group?.Average(_buffers);
            // On the CPU a step is checked before the average takes its weights. On a GPU that would mean to wait for it, so it is checked
            // when its numbers come, with the next step.
            if (_step.Device.type == DeviceType.CPU || Group is not null)
            {
                _log.Fetch();
                _log.RequireFinite();
            }

            UpdateAverage();
            StepsDone++;
            _heap.Trim();
            return Report(_watch.Elapsed - start);
        }
        finally
        {
            _watch.Stop();
        }
    }

    // What D sees in a step, of all processes.
    private long Images => (long)_data.BatchSize * _options.DiscriminatorSteps * (Group?.Count ?? 1);

    private void NewLog()
    {
        _log.Dispose();
        _log = new StepLog(_step.Device, StepsDone + 1, Logits, Group, _stopsAtNaN);
    }

    private void UpdateAverage()
    {
        if (_options.AverageHalfLife is { } halfLife)
        {
            _average!.Update(WeightAverage.DecayFor(halfLife.At(StepsDone + 1), _options.AverageRampUp, Images, Images * (StepsDone + 1)));
        }
        else
        {
            _average?.Update();
        }
    }

    private StepReport Report(TimeSpan time)
    {
        var rate = StepsDone == 1 ? 1 : 0.05;
        _secondsPerStep += rate * (time.TotalSeconds - _secondsPerStep);
        var (log, row) = (_log, _log.Count - 1);
        return new StepReport(StepsDone, EpochsDone, _watch.Elapsed, Images / _secondsPerStep, q => log[row, q]);
    }
}

/// <summary>What a trainer does in a step.</summary>
internal interface IGameStep : IResumable, IDisposable
{
    /// <summary>Where the networks are.</summary>
    Device Device { get; }

    /// <summary>All that is trained.</summary>
    IEnumerable<nn.Module> Networks { get; }

    /// <summary>Moves the networks and writes the step's numbers. Steps count from 1.</summary>
    void Run(long step, StepLog log);
}

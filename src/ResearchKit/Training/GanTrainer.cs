using System.Diagnostics;
using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.State;

namespace ResearchKit.Training;

/// <summary>Trains a generator against a discriminator, one step for every report that is pulled.</summary>
/// <remarks>
/// Goodfellow et al., arXiv:1406.2661, algorithm 1, with Adam as in arXiv:1511.06434. As in PyTorch's DCGAN tutorial, batch statistics of
/// real and fake samples are never mixed, and G's step reuses the last fake batch that D was trained on. On a GPU the times are the
/// host's: they hold over many steps, not for one.
/// <example><code>foreach (var step in trainer.Run(2000)) { history.Add(step); if (step.Step % 500 == 0) Console.WriteLine(step);
/// }</code></example>
/// </remarks>
public sealed class GanTrainer : IResumable, IDisposable
{
    private const int SampleBatch = 256;

    private readonly IBatchSource _data;
    private readonly TrainerOptions _options;
    private readonly NormalLatents? _ownLatents;
    private readonly AdversarialStep _step;
    private readonly WeightAverage? _average;
    private readonly NativeHeapKeeper _heap = new();
    private readonly Stopwatch _watch = new();
    private StepLog _log;
    private double _secondsPerStep;

    /// <summary>Prepares the training. The networks must be on their device already, and stay the caller's; so does the data.</summary>
    /// <param name="generator">G: z of shape (B, LatentSize) to samples.</param>
    /// <param name="discriminator">D: samples to logits of shape (B).</param>
    /// <param name="game">What they play; its parts stay the caller's.</param>
    /// <param name="data">The real batches, float32.</param>
    /// <param name="options">Everything else.</param>
    /// <param name="latents">Where z comes from; null for standard normal vectors from the options' seed. Stays the caller's.</param>
    /// <exception cref="ArgumentException">An option is out of its range, two parts do not go together (combining.md), a network has no
    /// parameters, or the networks lie on different devices.</exception>
    public GanTrainer(LatentGenerator generator, nn.Module<Tensor, Tensor> discriminator, Game game, IBatchSource data,
        TrainerOptions options, ILatentSource? latents = null)
    {
        (Generator, Discriminator, Logits, _data, _options) = (generator, discriminator, game.Loss.Logits, data, options);
        _ownLatents = latents is null ? new NormalLatents(generator.LatentSize, options.Seed) : null;
        _step = new AdversarialStep(generator, discriminator, game, data, latents ?? _ownLatents!, options);
        _average = options.AverageDecay is null && options.AverageHalfLife is null
            ? null
            : new WeightAverage(generator, options.AverageDecay ?? 0);
        _log = new StepLog(_step.Device, 1, Logits);
    }

    /// <summary>The generator in training.</summary>
    public LatentGenerator Generator { get; }

    /// <summary>The discriminator in training.</summary>
    public nn.Module<Tensor, Tensor> Discriminator { get; }

    /// <summary>What the discriminator's numbers mean in this game.</summary>
    public LogitKind Logits { get; }

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
    public IEnumerable<StepReport> Run(int steps, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        var pulled = 0;
        return new StepsWalkedOnce(Steps(() => pulled++ < steps, cancellation));
    }

    /// <summary>Steps until the data has been passed over <paramref name="epochs"/> more times.</summary>
    /// <param name="epochs">How many, at least 0; fractions count.</param>
    /// <param name="cancellation">Ends the sequence between two steps.</param>
    /// <inheritdoc cref="Run"/>
    public IEnumerable<StepReport> RunEpochs(double epochs, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        double? goal = null;
        return new StepsWalkedOnce(Steps(() => EpochsDone < (goal ??= EpochsDone + epochs), cancellation));
    }

    /// <summary>Steps until <paramref name="time"/> more has been spent inside steps.</summary>
    /// <param name="time">How long, at least zero; the step in progress is finished.</param>
    /// <param name="cancellation">Ends the sequence between two steps.</param>
    /// <inheritdoc cref="Run"/>
    public IEnumerable<StepReport> RunFor(TimeSpan time, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        TimeSpan? goal = null;
        return new StepsWalkedOnce(Steps(() => TrainingTime < (goal ??= TrainingTime + time), cancellation));
    }

    /// <summary>Puts the averaged weights into <see cref="Generator"/> until the result is disposed, for example to save them.</summary>
    /// <returns>Disposing it puts the trained weights back, bit for bit. Null where there is no average.</returns>
    public IDisposable? UseAverage() => _average?.Apply();

    /// <summary>Generates samples in evaluation mode, without a gradient; the training is not disturbed.</summary>
    /// <param name="z">Latent vectors, shape (B, LatentSize), on any device.</param>
    /// <param name="averaged">True for the averaged weights (those of the last step where there is no average).</param>
    /// <param name="labels">The samples' classes, int64, shape (B); null for classes as often as the data have them, always the same
    /// ones. A G without classes is not told them.</param>
    /// <returns>Samples, shape (B, ...), float32, on the CPU. The caller disposes them.</returns>
    public Tensor Sample(Tensor z, bool averaged = true, Tensor? labels = null)
    {
        CpuThreads.Use(_options.Threads);
        TensorFloat32.Use(_options.Precision == Precision.TensorFloat32, _step.Device);
        using var noGrad = no_grad();
        using var swap = averaged ? _average?.Apply() : null;
        using var scope = NewDisposeScope();
        using var evaluation = new EvaluationMode(Generator);
        var classes = (labels ?? Generator.Labels?.Draw(z.shape[0], seed: 0))?.split(SampleBatch);
        var batches = z.to(_step.ElementType, _step.Device).split(SampleBatch)
            .Select((part, i) => Generator.Call(part, classes?[i]).to(ScalarType.Float32, CPU)).ToList();
        return cat(batches).MoveToOuterDisposeScope();
    }

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

    /// <inheritdoc/>
    public void Dispose()
    {
        _step.Dispose();
        _ownLatents?.Dispose();
        _average?.Dispose();
        _log.Dispose();
    }

    private IEnumerable<StepReport> Steps(Func<bool> more, CancellationToken cancellation)
    {
        using var pauses = new CollectionPauses();
        while (!cancellation.IsCancellationRequested && more())
        {
            pauses.Renew();
            yield return Step(); // no scope and no gradient mode is held across the yield
        }

        _log.Fetch();
        _log.RequireFinite();
    }

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
            // On the CPU a step is checked before the average takes its weights. On a GPU that would mean to wait for it, so it is checked
            // when its numbers come, with the next step.
            if (_step.Device.type == DeviceType.CPU)
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

    private void NewLog()
    {
        _log.Dispose();
        _log = new StepLog(_step.Device, StepsDone + 1, Logits);
    }

    private void UpdateAverage()
    {
        if (_options.AverageHalfLife is { } halfLife)
        {
            var images = (long)_data.BatchSize * _options.DiscriminatorSteps;
            _average!.Update(WeightAverage.DecayFor(halfLife.At(StepsDone + 1), _options.AverageRampUp, images, images * (StepsDone + 1)));
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
        var images = (double)_data.BatchSize * _options.DiscriminatorSteps;
        var (log, row) = (_log, _log.Count - 1);
        return new StepReport(StepsDone, EpochsDone, _watch.Elapsed, images / _secondsPerStep, q => log[row, q]);
    }
}

using System.Diagnostics;
using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Training;

/// <summary>Trains a generator against a discriminator, one step for every report that is pulled.</summary>
/// <remarks>
/// Goodfellow et al., arXiv:1406.2661, algorithm 1, with Adam as in arXiv:1511.06434. As in PyTorch's DCGAN tutorial, D sees real and fake
/// samples in batches of their own, and G's step reuses the last fake batch that D was trained on.
/// <example><code>foreach (var step in trainer.Run(2000)) { history.Add(step); if (step.Step % 500 == 0) Console.WriteLine(step); }</code></example>
/// </remarks>
public sealed class GanTrainer : IDisposable
{
    // Steps between two clean-ups of the native heap, which would otherwise grow by fragmentation.
    private const int TrimInterval = 200;

    private readonly nn.Module<Tensor, Tensor> _discriminator;
    private readonly IAdversarialLoss _loss;
    private readonly IBatchSource _data;
    private readonly TrainerOptions _options;
    private readonly Device _device;
    private readonly ScalarType _dtype;
    private readonly NetworkOptimizer _discriminatorOptimizer;
    private readonly NetworkOptimizer _generatorOptimizer;
    private readonly WeightAverage? _average;
    private readonly ILatentSource _latents;
    private readonly Stopwatch _watch = new();
    private double _secondsPerStep;

    /// <summary>Prepares the training. The networks must be on their device already, and stay the caller's; so does the data.</summary>
    /// <param name="generator">G: z of shape (B, LatentSize) to samples.</param>
    /// <param name="discriminator">D: samples to logits of shape (B).</param>
    /// <param name="loss">The game.</param>
    /// <param name="data">The real batches, float32.</param>
    /// <param name="options">Everything else.</param>
    /// <param name="latents">Where z comes from; null for standard normal vectors from the options' seed. Stays the caller's.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the networks lie on different devices.</exception>
    public GanTrainer(LatentGenerator generator, nn.Module<Tensor, Tensor> discriminator, IAdversarialLoss loss, IBatchSource data, TrainerOptions options, ILatentSource? latents = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Generator = generator;
        _discriminator = discriminator;
        _loss = loss;
        _data = data;
        _options = options;
        _generatorOptimizer = new NetworkOptimizer(generator, options.GeneratorLearningRate, options.Beta1, options.Beta2);
        _discriminatorOptimizer = new NetworkOptimizer(discriminator, options.DiscriminatorLearningRate, options.Beta1, options.Beta2);
        _device = _generatorOptimizer.Device;
        _dtype = _generatorOptimizer.ElementType;
        if (_device.ToString() != _discriminatorOptimizer.Device.ToString()) // Device has no equality of its own
        {
            throw new ArgumentException($"The generator is on {_device}, the discriminator on {_discriminatorOptimizer.Device}: move both to one device before you build the trainer.", nameof(discriminator));
        }

        _average = options.AverageDecay > 0 ? new WeightAverage(generator, options.AverageDecay) : null;
        _latents = latents ?? new NormalLatents(generator.LatentSize, options.Seed);
    }

    /// <summary>The generator in training.</summary>
    public LatentGenerator Generator { get; }

    /// <summary>Generator steps done so far.</summary>
    public long StepsDone { get; private set; }

    /// <summary>Passes over the data so far.</summary>
    public double EpochsDone => _data.Position.Epoch + (double)_data.Position.Batch / _data.BatchesPerEpoch;

    /// <summary>Time spent inside steps so far.</summary>
    public TimeSpan TrainingTime => _watch.Elapsed;

    /// <summary>The next <paramref name="steps"/> steps; each is done when its report is pulled.</summary>
    /// <param name="steps">How many, at least 0.</param>
    /// <param name="cancellation">Ends the sequence between two steps; the trainer stays ready for more.</param>
    /// <returns>Reports; the sequence can be walked once, and left at any point.</returns>
    public IEnumerable<StepReport> Run(int steps, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        var pulled = 0;
        return RunWhile(() => pulled++ < steps, cancellation);
    }

    /// <summary>Steps until the data has been passed over <paramref name="epochs"/> more times.</summary>
    /// <param name="epochs">How many, at least 0; fractions count.</param>
    /// <param name="cancellation">Ends the sequence between two steps; the trainer stays ready for more.</param>
    /// <returns>Reports; the sequence can be walked once, and left at any point.</returns>
    public IEnumerable<StepReport> RunEpochs(double epochs, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        var goal = double.NaN;
        return RunWhile(() => EpochsDone < (goal = double.IsNaN(goal) ? EpochsDone + epochs : goal), cancellation);
    }

    /// <summary>Steps until <paramref name="time"/> more has been spent inside steps.</summary>
    /// <param name="time">How long, at least zero; the step in progress is finished.</param>
    /// <param name="cancellation">Ends the sequence between two steps; the trainer stays ready for more.</param>
    /// <returns>Reports; the sequence can be walked once, and left at any point.</returns>
    public IEnumerable<StepReport> RunFor(TimeSpan time, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        TimeSpan? goal = null;
        return RunWhile(() => TrainingTime < (goal ??= TrainingTime + time), cancellation);
    }

    /// <summary>Generates samples in evaluation mode, without a gradient; the training is not disturbed.</summary>
    /// <param name="z">Latent vectors, shape (B, LatentSize), on any device.</param>
    /// <param name="averaged">True for the averaged weights (those of the last step where there is no average).</param>
    /// <returns>Samples, shape (B, ...), float32, on the CPU. The caller disposes them.</returns>
    public Tensor Sample(Tensor z, bool averaged = true)
    {
        ArgumentNullException.ThrowIfNull(z);
        CpuThreads.Use(_options.Threads);
        using var noGrad = no_grad();
        using var swap = averaged ? _average?.Apply() : null;
        using var scope = NewDisposeScope();
        Generator.eval();
        try
        {
            var batches = z.to(_dtype, _device).split(256).Select(part => Generator.call(part).to(ScalarType.Float32, CPU)).ToList();
            return cat(batches).MoveToOuterDisposeScope();
        }
        finally
        {
            Generator.train();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _discriminatorOptimizer.Dispose();
        _generatorOptimizer.Dispose();
        _average?.Dispose();
    }

    private StepSequence RunWhile(Func<bool> more, CancellationToken cancellation)
    {
        return new StepSequence(Steps());

        IEnumerable<StepReport> Steps()
        {
            while (!cancellation.IsCancellationRequested && more())
            {
                yield return Step();
            }
        }
    }

    // Everything that a step creates ends with it; nothing crosses the yield.
    private StepReport Step()
    {
        var start = _watch.Elapsed;
        _watch.Start();
        try
        {
            // The consumer may have left other settings behind, on this or another thread.
            CpuThreads.Use(_options.Threads);
            using var gradients = enable_grad();
            using var scope = NewDisposeScope();
            Generator.train();
            _discriminator.train();

            var numbers = new StepNumbers();
            for (var k = 1; k < _options.DiscriminatorSteps; k++)
            {
                using var inner = NewDisposeScope();
                TrainDiscriminator(Fakes(withGraph: false), numbers);
            }

            var fake = Fakes(withGraph: true); // (B, ...)
            var real = TrainDiscriminator(fake, numbers);
            TrainGenerator(real, fake, numbers);
            numbers.Fetch();
            numbers.RequireFinite(StepsDone + 1, real);
            _average?.Update();
            StepsDone++;
            if (StepsDone % TrimInterval == 0)
            {
                NativeMemory.Trim();
            }

            return Report(numbers, _watch.Elapsed - start);
        }
        finally
        {
            _watch.Stop();
        }
    }

    private Tensor Fakes(bool withGraph)
    {
        using var gradients = set_grad_enabled(withGraph);
        var z = _latents.NextBatch(_data.BatchSize).to(_dtype, _device); // (B, Z)
        return Generator.call(z); // (B, ...)
    }

    private Tensor TrainDiscriminator(Tensor fake, StepNumbers numbers)
    {
        var real = _data.NextBatch().to(_dtype, _device); // (B, ...)
        var realLogits = _discriminator.call(real); // (B)
        var fakeLogits = _discriminator.call(fake.detach()); // (B)
        var terms = _loss.Discriminator(realLogits, fakeLogits);
        var norm = _discriminatorOptimizer.Step(terms.Sum());
        numbers.SetDiscriminator(terms, realLogits, fakeLogits, norm);
        return real;
    }

    private void TrainGenerator(Tensor real, Tensor fake, StepNumbers numbers)
    {
        using var frozen = _discriminatorOptimizer.Freeze();
        var realLogits = _loss.GeneratorSeesReal ? _discriminator.call(real) : null; // (B)
        var loss = _loss.Generator(realLogits, _discriminator.call(fake));
        var norm = _generatorOptimizer.Step(loss);
        numbers.SetGenerator(loss, norm);
    }

    private StepReport Report(StepNumbers n, TimeSpan time)
    {
        var rate = StepsDone == 1 ? 1 : 0.05;
        _secondsPerStep += rate * (time.TotalSeconds - _secondsPerStep);
        var images = (double)_data.BatchSize * _options.DiscriminatorSteps;
        return new StepReport(
            StepsDone, EpochsDone, n.RealLoss, n.FakeLoss, n.GeneratorLoss, n.RealProbability, n.FakeProbability,
            n.DiscriminatorGradientNorm, n.GeneratorGradientNorm, _watch.Elapsed, images / _secondsPerStep);
    }
}

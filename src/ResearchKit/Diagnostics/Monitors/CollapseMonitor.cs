using ResearchKit.Diagnostics.Collapse;
using ResearchKit.Models;
using ResearchKit.Training;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>Looks at a generator's samples along its training and says in words whether it collapses: <c>foreach (var step in
/// trainer.Run(4000).Watch(monitor))</c>.</summary>
/// <remarks>It holds samples of the weights as they are (not their average), always of the same z, against real ones: points as they are,
/// images by their principal directions. No network that has seen classes takes part, and no knowledge of the modes. The real samples'
/// space is cut into places by k-means: of points at most 40, a narrow mode is one; of images (more than 32 numbers a sample) 16, kinds
/// rather than modes; what is served, what comes back, and how near the samples are to real ones and to each other makes a
/// <see cref="CollapseMoment"/>, and verdicts are a function of the moments alone. The training is not disturbed: its bytes are the same
/// with and without. Coverage is that of Naeem et al., arXiv:2002.09797; the rules are the kit's own, and collapse.md beside this file says
/// how well they judge.</remarks>
public sealed class CollapseMonitor : TrainingMonitor<CollapseKind, CollapseVerdict, CollapseMoment>, IDisposable
{
    private readonly Func<Tensor> _draw;
    private readonly Tensor? _z;
    private readonly CollapseReference _reference;
    private readonly CollapseRules _rules;
    private readonly RecentList<bool[]> _visited;
    private double[]? _shares;

    /// <summary>Makes a monitor that has seen nothing.</summary>
    /// <param name="draw">Gives samples of the generator as it is now, always of the same z: at least 50, float, shaped as the real ones.
    /// The monitor disposes them.</param>
    /// <param name="real">Real samples, shape (N, ...), 1,000 at best (of more it takes 1,000): floats as the generator gives them, or
    /// bytes of images, which become v / 127.5 - 1. Stays the caller's.</param>
    /// <param name="every">Steps from one look to the next, at least 1.</param>
    /// <param name="thresholds">Where collapse begins; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are too few real samples, they are all the same or not finite, the generator's have
    /// another shape, or a threshold is out of its range.</exception>
    public CollapseMonitor(Func<Tensor> draw, Tensor real, int every = 250, CollapseThresholds? thresholds = null)
        : base(CollapseRules.NotYet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        Thresholds = (thresholds ?? new CollapseThresholds()).Checked();
        (_draw, Every, _rules, _visited) = (draw, every, new CollapseRules(Thresholds), new(Thresholds.Window));
        _reference = new CollapseReference(real);
        try
        {
            using var scope = NewDisposeScope();
            _ = _reference.Prepare(draw()); // a wrong shape is told now, not in the middle of a training
        }
        catch
        {
            _reference.Dispose();
            throw;
        }
    }

    private CollapseMonitor(GanTrainer trainer, Tensor z, Tensor real, int every, CollapseThresholds? thresholds)
        : this(() => trainer.Sample(z, averaged: false), real, every, thresholds) => _z = z;

    /// <summary>Where collapse begins.</summary>
    public CollapseThresholds Thresholds { get; }

    /// <summary>Steps from one look to the next.</summary>
    public int Every { get; }

    /// <summary>The samples of the last look, as the generator gave them; null before the first. They are the monitor's, until the next
    /// look.</summary>
    public Tensor? Samples { get; private set; }

    /// <summary>The real samples' share of each place.</summary>
    public IReadOnlyList<double> RealShares => _reference.Shares;

    /// <summary>The generated samples' share of each place in the last look; empty before the first.</summary>
    public IReadOnlyList<double> Shares => _shares ?? [];

    /// <summary>The spectrum of real samples around their mean, in the space of comparison.</summary>
    public FeatureSpectrum RealSpectrum => _reference.Spectrum;

    /// <summary>The spectrum of the last look's samples around the real mean; null before the first.</summary>
    public FeatureSpectrum? Spectrum { get; private set; }

    /// <summary>Real samples to draw beside the generated ones, as they were given (bytes as floats), at most 500.</summary>
    public Tensor Real => _reference.Shown;

    /// <summary>A monitor for a trainer.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="real">Real samples, as for the constructor.</param>
    /// <param name="every">Steps from one look to the next, at least 1.</param>
    /// <param name="samples">Samples a look, at least 50. What compares samples one by one takes the first 250.</param>
    /// <param name="seed">Of z.</param>
    /// <param name="thresholds">Where collapse begins; null for the defaults.</param>
    /// <exception cref="ArgumentException">As for the constructor.</exception>
    public static CollapseMonitor For(GanTrainer trainer, Tensor real, int every = 250, int samples = 500, long seed = 0,
        CollapseThresholds? thresholds = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 50);
        var z = NormalLatents.Draw(samples, trainer.Generator.LatentSize, seed).DetachFromDisposeScope();
        try
        {
            return new CollapseMonitor(trainer, z, real, every, thresholds);
        }
        catch
        {
            z.Dispose();
            throw;
        }
    }

    /// <summary>The verdict on moments that were kept: that of the monitor that saw them, by these thresholds (Served and Visited were
    /// taken by the monitor's own).</summary>
    /// <param name="moments">In their order, without gaps.</param>
    /// <param name="thresholds">Where collapse begins; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no moment, or a threshold is out of its range.</exception>
    public static CollapseVerdict Judge(IReadOnlyList<CollapseMoment> moments, CollapseThresholds? thresholds = null)
    {
        var rules = new CollapseRules((thresholds ?? new CollapseThresholds()).Checked());
        return moments.Aggregate((CollapseVerdict?)null, (_, moment) => rules.See(moment)) // each one: it depends on those before
            ?? throw new ArgumentException("There is no moment to judge.", nameof(moments));
    }

    /// <inheritdoc/>
    public override void Observe(StepReport step)
    {
        var before = Next(step);
        if (step.Step / Every > before / Every)
        {
            Look(step.Step);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reference.Dispose();
        _z?.Dispose();
        Samples?.Dispose();
    }

    private void Look(long step)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var samples = _draw();
        var x = _reference.Prepare(samples);
        Samples?.Dispose();
        Samples = samples.DetachFromDisposeScope();
        var ((shares, inside), before) = (_reference.Histogram(x), _shares);
        var (served, visited) = (Enough(inside), Enough(shares));
        _visited.Add(visited);
        var (coverage, precision, diversity, duplicates) = _reference.Compare(x);
        Spectrum = _reference.SpectrumOf(x);
        _shares = shares;
        var moment = new CollapseMoment
        {
            Step = step,
            Finite = CollapseReference.Finite(samples),
            Served = Mass(i => served[i]),
            Visited = Mass(i => visited[i]),
            VisitedLately = Mass(i => _visited.Items.Any(v => v[i])),
            Turnover = before is null ? double.NaN : shares.Zip(before, (a, b) => Math.Abs(a - b)).Sum() / 2,
            Coverage = coverage,
            Precision = precision,
            Diversity = diversity,
            Duplicates = duplicates,
            EffectiveRank = Spectrum.EffectiveRank / RealSpectrum.EffectiveRank,
        };
        Tell(moment, _rules.See(moment));

        bool[] Enough(double[] given) => [.. given.Zip(RealShares, (g, r) => r > 0 && g >= Thresholds.ServedShare * r)];

        double Mass(Func<int, bool> has) => RealShares.Where((_, i) => has(i)).Sum();
    }
}

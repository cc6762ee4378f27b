using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.State;

namespace ResearchKit.Losses.Penalties;

/// <summary>LeCam: holds the logits of real samples near the moving average of the generated ones' logits, and the other way round, so that
/// D cannot drift apart on few data.</summary>
/// <remarks>Tseng et al., arXiv:2104.03310, the regulariser R_LC of its method: lambda (E (r - a_F)^2 + E (f - a_R)^2), with moving
/// averages a_R and a_F of the logits of real and generated samples. This is the paper's formula; the authors' published code (and
/// StudioGAN's) has relu in it, E relu(r - a_F)^2 + E relu(a_R - f)^2, and so pushes only where D is right. The averages take in the
/// present batch first, as in that code, and stay on the device. They belong to one training; processes that share it have the same.
/// Deviations: none.</remarks>
public sealed class LeCamPenalty : IDiscriminatorPenalty, IResumable, IShared, IDisposable
{
    private readonly double _decay;
    private readonly long _start;
    private ProcessGroup? _group;
    private Tensor? _averages; // (2): a_R, a_F

    /// <summary>Creates the penalty.</summary>
    /// <param name="weight">lambda, at least 0 in every step; 0.3 in the authors' BigGAN experiments on CIFAR-10.</param>
    /// <param name="decay">How much of an average a step keeps, in [0, 1).</param>
    /// <param name="start">The first step that is penalised, from 1: until then D's logits only say what it was initialised with. The
    /// averages begin there with that step's means. The authors' experiments on CIFAR-10 wait 1000 steps.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public LeCamPenalty(Schedule weight, double decay = 0.99, long start = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(decay, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(decay, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(start, 1);
        (Weight, _decay, _start) = (weight.Require("LeCam's weight"), decay, start);
    }

    /// <summary>lambda.</summary>
    public Schedule Weight { get; }

    /// <inheritdoc/>
    public SlopeSites Sites => SlopeSites.None;

    /// <inheritdoc/>
    public string? Refuses(IAdversarialLoss loss) => loss.Logits == LogitKind.Relative
        ? $"LeCam holds logits near fixed levels, but {loss.GetType().Name} looks at differences only, so the levels drift freely: use a " +
            $"loss with logits of its own, such as hinge."
        : null;

    /// <inheritdoc/>
    public bool IsDue(long step) => step >= _start && Weight.At(step) > 0;

    /// <inheritdoc/>
    public Tensor Compute(DiscriminatorPass pass)
    {
        using var scope = NewDisposeScope();
        var averages = Update(pass.RealLogits, pass.FakeLogits); // (2)
        var real = (pass.RealLogits - averages[1]).square().mean();
        var fake = (pass.FakeLogits - averages[0]).square().mean();
        return ((real + fake) * Weight.At(pass.Step)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Share(ProcessGroup group) => _group = group;

    /// <inheritdoc/>
    public void Save(StateStore state)
    {
        if (_averages is not null)
        {
            state.Put("averages", _averages);
        }
    }

    /// <inheritdoc/>
    public void Load(StateStore state)
    {
        _averages?.Dispose();
        _averages = state.Has("averages") ? state.Tensor("averages").DetachFromDisposeScope() : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _averages?.Dispose();

    private Tensor Update(Tensor realLogits, Tensor fakeLogits)
    {
        using var noGrad = no_grad();
        var means = stack([realLogits.mean(), fakeLogits.mean()]); // (2)
        _group?.Average(means);
        if (_averages is null)
        {
            return _averages = means.DetachFromDisposeScope(); // it outlives the step
        }

        var averages = _averages.to(means.device); // those of a file lie on the CPU
        if (!ReferenceEquals(averages, _averages))
        {
            _averages.Dispose();
            _averages = averages.DetachFromDisposeScope();
        }

        averages.lerp_(means, 1 - _decay);
        return averages;
    }
}

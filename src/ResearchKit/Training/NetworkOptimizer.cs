using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.State;

namespace ResearchKit.Training;

/// <summary>A network's parameters, listed once, with the rule that moves them and its memory.</summary>
internal sealed class NetworkOptimizer : IResumable, IDisposable
{
    /// <summary>What keeps Adam and RMSProp from dividing by 0, PyTorch's default.</summary>
    public const double Epsilon = 1e-8;

    private const double RmsDecay = 0.99;

    private readonly Schedule _rate;
    private readonly TrainerOptions _options;
    private readonly double _slower;
    private readonly Scalar _beta1;
    private readonly Scalar _epsilon = Epsilon;
    private readonly Scalar _clip;
    private readonly Moving _rateNow = new();
    private readonly Moving _beta2 = new();

    /// <summary>Lists the parameters; the network must be on its device already. Where every <paramref name="extraEvery"/>-th step is
    /// followed by another one for a penalty, Adam is slowed down to make up for that: learning rate times c, betas to the power of c, with
    /// c = k / (k + 1) (arXiv:1912.04958, appendix B).</summary>
    /// <exception cref="ArgumentException">The network has none to train.</exception>
    public NetworkOptimizer(nn.Module network, Schedule rate, TrainerOptions options, int? extraEvery = null)
    {
        Parameters = [.. network.parameters().Where(p => p.requires_grad)];
        if (Parameters.Length == 0)
        {
            throw new ArgumentException($"The network {network.GetName()} has no parameters to train (did RegisterComponents run?).",
                nameof(network));
        }

        if (network.named_parameters().FirstOrDefault(p => !p.parameter.is_contiguous()).name is { } name)
        {
            throw new ArgumentException($"The parameter {name} of {network.GetName()} is not contiguous in memory: make it so " +
                $"(contiguous()) before the trainer is built.", nameof(network));
        }

        (_rate, _options) = (rate, options);
        _slower = extraEvery is { } k && options.Optimizer == OptimizerKind.Adam ? k / (k + 1.0) : 1;
        (_beta1, _clip) = (Math.Pow(options.Beta1, _slower), options.GradientClip ?? 0);
        using var noGrad = no_grad();
        Means = options.Optimizer == OptimizerKind.Adam ? Zeros() : [];
        Squares = options.Optimizer == OptimizerKind.GradientDescent ? [] : Zeros();
        Counts = options.Optimizer == OptimizerKind.Adam
            ? [.. Parameters.Select(p => zeros([], device: p.device).DetachFromDisposeScope())]
            : [];
    }

    public Tensor[] Parameters { get; }

    /// <summary>Adam's running means of the gradients; empty for the other rules.</summary>
    public Tensor[] Means { get; }

    /// <summary>Adam's or RMSProp's running means of the squared gradients.</summary>
    public Tensor[] Squares { get; }

    /// <summary>Adam's count of the updates of each parameter, float32 scalars.</summary>
    public Tensor[] Counts { get; }

    public Device Device => Parameters[0].device;

    public ScalarType ElementType => Parameters[0].dtype;

    /// <summary>One step down the gradient of <paramref name="loss"/>, of its mean where several processes train together; gradients of
    /// other networks are not computed.</summary>
    /// <returns>The Euclidean norm of the gradient over all parameters, before it is limited: a scalar on the device.</returns>
    public Tensor Step(Tensor loss, long step)
    {
        using var mode = enable_grad(); // the script switches gradients off in between; this puts the mode back should it fail there
        var rate = _rate.At(step) * _slower;
        if (_options.Group is { } group)
        {
            loss = StepKernels.FlatGradient(loss, Parameters); // (N)
            group.Average(loss);
        }

        var clip = _options.GradientClip ?? 0;
        return _options.Optimizer switch
        {
            OptimizerKind.Adam => StepKernels.Adam(loss, Parameters, Means, Squares, Counts, _rateNow.At(rate), _beta1,
                _beta2.At(Math.Pow(_options.Beta2.At(step), _slower)), _epsilon, _clip),
            OptimizerKind.RmsProp => StepKernels.RmsProp(loss, Parameters, Squares, rate, RmsDecay, Epsilon, clip),
            _ => StepKernels.Descend(loss, Parameters, rate, clip),
        };
    }

    public void Clamp(double bound)
    {
        using var noGrad = no_grad();
        StepKernels.Clamp(Parameters, bound);
    }

    public void Save(StateStore state) => Memory.ForEach(m => state.Put(m.Name, m.Memory));

    public void Load(StateStore state) => Memory.ForEach(m => state.CopyTo(m.Name, m.Memory));

    public void Dispose()
    {
        Memory.ForEach(m => m.Memory.Dispose());
        foreach (var number in (IDisposable[])[_beta1, _beta2, _epsilon, _clip, _rateNow])
        {
            number.Dispose();
        }
    }

    private List<(string Name, Tensor Memory)> Memory =>
    [
        .. Means.Select((t, i) => ($"mean.{i}", t)), .. Squares.Select((t, i) => ($"square.{i}", t)),
        .. Counts.Select((t, i) => ($"count.{i}", t)),
    ];

    private Tensor[] Zeros() => [.. Parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];

    // A number for native code, made anew only when it changes.
    private sealed class Moving : IDisposable
    {
        private double _value;
        private Scalar _scalar = 0.0;

        public Scalar At(double value)
        {
            if (value != _value)
            {
                _scalar.Dispose();
                _scalar = _value = value;
            }

            return _scalar;
        }

        public void Dispose() => _scalar.Dispose();
    }
}

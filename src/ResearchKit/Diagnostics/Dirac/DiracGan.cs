using System.Numerics;
using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using ResearchKit.Registers;

namespace ResearchKit.Diagnostics.Dirac;

/// <summary>The smallest GAN: one generated number theta against the real number 0, and D(x) = psi x. Its state is a point of the plane, so
/// everything about it can be drawn and computed.</summary>
/// <remarks>Mescheder, Geiger and Nowozin, arXiv:1801.04406, section 2; the same game, for WGAN, in Nagarajan and Kolter, arXiv:1706.04156,
/// section 3. The gradients are those of the kit's own losses and penalties, by autograd in float64. Deviations: any loss and penalty of
/// the kit; for losses that regress labels D(x) = psi x + 1/2, so that it is undecided at the equilibrium.</remarks>
public sealed class DiracGan
{
    private const int NoiseNodes = 8;
    private readonly IReadOnlyList<IDiscriminatorPenalty> _penalties;
    private readonly SlopeSites _sites;
    private readonly (double[] Real, double[] Fake) _noise;

    /// <summary>Sets up the game.</summary>
    /// <param name="loss">What the players minimise.</param>
    /// <param name="penalties">Terms that are added to D's loss; null for none. They stay the caller's.</param>
    /// <param name="instanceNoise">Standard deviation of normal noise on both points (arXiv:1610.04490), at least 0. Its mean is taken over
    /// 8 x 8 equally likely pairs of values with that deviation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The noise is negative.</exception>
    /// <exception cref="ArgumentException">A penalty does not go with the loss.</exception>
    public DiracGan(IAdversarialLoss loss, IReadOnlyList<IDiscriminatorPenalty>? penalties = null, double instanceNoise = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(instanceNoise);
        Loss = loss;
        _penalties = penalties ?? [];
        _sites = _penalties.Aggregate(SlopeSites.None, (all, p) => all | p.Sites);
        _noise = Noise(instanceNoise);
        if (_penalties.Select(p => p.Refuses(loss)).FirstOrDefault(reason => reason is not null) is { } refusal)
        {
            throw new ArgumentException(refusal, nameof(penalties));
        }
    }

    /// <summary>What the players minimise.</summary>
    public IAdversarialLoss Loss { get; }

    /// <summary>The velocity of gradient flow: what each player's number would do if both followed their gradients down in infinitely small
    /// steps.</summary>
    /// <param name="at">The state.</param>
    public DiracPoint Velocity(DiracPoint at) => new(GeneratorVelocity(at), DiscriminatorVelocity(at));

    /// <summary>The path of gradient flow, by the classical Runge-Kutta method.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="steps">Steps to take, at least 0.</param>
    /// <param name="stepLength">The time of a step; the error of the whole path goes with its fourth power.</param>
    /// <returns>The start and the state after each step; it ends early before a state that is not finite.</returns>
    public IReadOnlyList<DiracPoint> Flow(DiracPoint start, int steps, double stepLength = 0.1) => Walk(start, steps, at =>
    {
        DiracPoint Ahead(DiracPoint velocity, double time) => new(at.Theta + (time * velocity.Theta), at.Psi + (time * velocity.Psi));
        var first = Velocity(at);
        var second = Velocity(Ahead(first, stepLength / 2));
        var third = Velocity(Ahead(second, stepLength / 2));
        var fourth = Velocity(Ahead(third, stepLength));
        return Ahead(new(first.Theta + (2 * second.Theta) + (2 * third.Theta) + fourth.Theta, first.Psi + (2 * second.Psi)
            + (2 * third.Psi) + fourth.Psi), stepLength / 6);
    });

    /// <summary>The path that training takes.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="steps">Steps of G, at least 0.</param>
    /// <param name="updates">How the players step.</param>
    /// <returns>The start and the state after each step; it ends early before a state that is not finite.</returns>
    /// <exception cref="ArgumentException">An option of the steps is out of its range.</exception>
    public IReadOnlyList<DiracPoint> Orbit(DiracPoint start, int steps, DiracUpdates updates)
    {
        OptionRanges.Check(updates);
        var (moveTheta, movePsi) = (updates.Mover(updates.GeneratorLearningRate), updates.Mover(updates.DiscriminatorLearningRate));
        var bound = updates.Clip ?? double.PositiveInfinity;
        return Walk(start, steps, before =>
        {
            var at = before;
            for (var k = 0; k < updates.DiscriminatorSteps; k++)
            {
                at = at with { Psi = Math.Clamp(movePsi(at.Psi, DiscriminatorVelocity(at)), -bound, bound) };
            }

            return at with { Theta = moveTheta(at.Theta, GeneratorVelocity(updates.Simultaneous ? before : at)) };
        });
    }

    /// <summary>The velocity's derivative at the equilibrium, from differences of the velocity (error about 1e-10).</summary>
    /// <returns>Rows: the velocities of theta and psi; columns: by theta and by psi.</returns>
    /// <exception cref="InvalidOperationException">The velocity jumps there, as it does with WGAN-GP: there is no derivative.</exception>
    public double[,] Jacobian() => DiracEigenvalues.Derivative(Velocity);

    /// <summary>The eigenvalues of gradient flow at the equilibrium; closed forms in <see cref="DiracEigenvalues.Flow"/>.</summary>
    /// <inheritdoc cref="DiracEigenvalues.Flow" path="/returns"/>
    /// <inheritdoc cref="Jacobian" path="/exception"/>
    public IReadOnlyList<Complex> Eigenvalues() => DiracEigenvalues.OfMatrix(Jacobian());

    /// <summary>The eigenvalues of one training step at the equilibrium; closed forms in <see cref="DiracEigenvalues.Steps"/>.</summary>
    /// <param name="updates">The steps; without Adam.</param>
    /// <inheritdoc cref="DiracEigenvalues.Steps" path="/returns"/>
    /// <exception cref="ArgumentException">An option is out of its range, or it is Adam, whose steps do not shrink with the
    /// gradient.</exception>
    /// <inheritdoc cref="Jacobian" path="/exception"/>
    public IReadOnlyList<Complex> StepEigenvalues(DiracUpdates updates)
    {
        DiracEigenvalues.RequireDescent(updates);
        return DiracEigenvalues.OfMatrix(DiracEigenvalues.Derivative(at => Orbit(at, 1, updates)[^1]));
    }

    private static List<DiracPoint> Walk(DiracPoint start, int steps, Func<DiracPoint, DiracPoint> next)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        var path = new List<DiracPoint>(steps + 1) { start };
        while (path.Count <= steps && next(path[^1]) is { IsFinite: true } state)
        {
            path.Add(state);
        }

        return path;
    }

    private double DiscriminatorVelocity(DiracPoint at)
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope();
        var psi = tensor([at.Psi], requires_grad: true);
        using var d = Discriminator(psi);
        var pass = DiscriminatorPass.Run(d, Samples(_noise.Real), Samples(_noise.Fake) + at.Theta, _sites);
        var loss = _penalties.Aggregate(Loss.Discriminator(pass.RealLogits, pass.FakeLogits).Sum(), (sum, p) => sum + p.Compute(pass));
        return -InputGradient.Of(loss, psi, differentiable: false).item<double>();
    }

    private double GeneratorVelocity(DiracPoint at)
    {
        using var gradients = enable_grad();
        using var scope = NewDisposeScope();
        var theta = tensor([at.Theta], requires_grad: true);
        using var d = Discriminator(tensor([at.Psi]));
        var loss = Loss.Generator(Loss.GeneratorSeesReal ? d.call(Samples(_noise.Real)) : null, d.call(Samples(_noise.Fake) + theta));
        return -InputGradient.Of(loss, theta, differentiable: false).item<double>();
    }

    private DiracDiscriminator Discriminator(Tensor psi) => new(psi, Loss.Logits == LogitKind.Label ? 0.5 : 0);

    private static Tensor Samples(double[] values) => tensor(values).unsqueeze(1); // (B, 1)

    // Values at the middles of equally likely parts, scaled to the deviation; every real one meets every fake one.
    private static (double[] Real, double[] Fake) Noise(double deviation)
    {
        if (deviation == 0)
        {
            return ([0], [0]);
        }

        using var scope = NewDisposeScope();
        var nodes = (((arange(NoiseNodes, dtype: ScalarType.Float64) + 0.5) / NoiseNodes * 2) - 1).erfinv();
        var values = (nodes / nodes.square().mean().sqrt() * deviation).data<double>().ToArray();
        return ([.. values.SelectMany(v => values.Select(_ => v))], [.. values.SelectMany(_ => values)]);
    }

    /// <summary>D(x) = psi x + offset.</summary>
    private sealed class DiracDiscriminator(Tensor slope, double offset) : nn.Module<Tensor, Tensor>(nameof(DiracDiscriminator))
    {
        public override Tensor forward(Tensor input) => (input * slope).sum(1) + offset; // (B)
    }
}

/// <summary>A state of the Dirac game (<see cref="DiracGan"/>).</summary>
/// <param name="Theta">Where the generated point lies; the real one lies at 0.</param>
/// <param name="Psi">D's slope.</param>
public readonly record struct DiracPoint(double Theta, double Psi)
{
    /// <summary>The distance from the equilibrium (0, 0).</summary>
    public double Radius => Math.Sqrt((Theta * Theta) + (Psi * Psi));

    internal bool IsFinite => double.IsFinite(Theta) && double.IsFinite(Psi);
}

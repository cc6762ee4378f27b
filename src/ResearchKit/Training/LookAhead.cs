using ResearchKit.Losses;
using ResearchKit.Models;

namespace ResearchKit.Training;

/// <summary>G's gradient against the discriminator that D would be after some more steps, through those steps: Unrolled GAN.</summary>
/// <remarks>Metz et al., arXiv:1611.02163, eq. 7 to 10. D's K steps use one batch and D's own rule and memory; afterwards D is as it was.
/// The gradient goes back through the steps one by one (an adjoint: each step is computed again at its weights, and only products of second
/// derivatives with a vector are formed), so memory does not grow with K as it would with one long graph. Exact; deviations:
/// none.</remarks>
internal sealed class LookAhead(nn.Module<Tensor, Tensor> discriminator, NetworkOptimizer optimizer, IAdversarialLoss loss,
    TrainerOptions options) : ISampleGradient
{
    private readonly Tensor[] _buffers = [.. discriminator.buffers()];
    private Tensor? _labels;
    private double _beta2;

    /// <inheritdoc/>
    public (Tensor Loss, Tensor Gradient) Of(Tensor real, Tensor fake, Tensor? labels, long step)
    {
        _labels = labels;
        _beta2 = options.Beta2.At(step);
        var rate = options.DiscriminatorLearningRate.At(step);
        using var scope = NewDisposeScope();
        var start = Snapshot();
        try
        {
            var (generatorLoss, gradient) = Ahead(real, fake.detach().requires_grad_(), rate);
            return (generatorLoss.detach().MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
        }
        finally
        {
            Restore(start);
        }
    }

    private (Tensor Loss, Tensor Gradient) Ahead(Tensor real, Tensor x, double rate)
    {
        var steps = new List<Step>();
        IReadOnlyList<Tensor> means = optimizer.Means, squares = optimizer.Squares;
        for (var k = 0; k < options.UnrolledSteps; k++)
        {
            steps.Add(Forward(real, x, rate, k + 1, means, squares));
            (means, squares) = (steps[^1].Means, steps[^1].Squares);
        }

        var generatorLoss = loss.Generator(
            loss.GeneratorSeesReal ? discriminator.Call(real, _labels) : null, discriminator.Call(x, _labels));
        var (byWeights, gradient) = Gradients(generatorLoss, x);
        Tensor[] Zeros() => [.. optimizer.Parameters.Select(p => zeros_like(p).detach())];
        var (byMeans, bySquares) = (Zeros(), Zeros());
        for (var k = steps.Count - 1; k >= 0; k--)
        {
            var byGradient = Back(steps[k], rate, byWeights, byMeans, bySquares);
            Restore(steps[k].Before);
            var g = DiscriminatorGradients(real, x, differentiable: true);
            var product = g.Zip(byGradient, (a, b) => a is null ? null : (a * b).sum()).OfType<Tensor>().Aggregate((a, b) => a + b);
            var (more, moreByX) = Gradients(product, x);
            byWeights = [.. byWeights.Zip(more, (a, b) => a + b)];
            gradient = gradient + moreByX;
        }

        return (generatorLoss, gradient);
    }

    private sealed record Step(Tensor[] Before, Tensor?[] Gradients, Tensor[] Means, Tensor[] Squares, double MeanCorrection,
        double SquareCorrection);

    private Step Forward(Tensor real, Tensor x, double rate, int ahead, IReadOnlyList<Tensor> means, IReadOnlyList<Tensor> squares)
    {
        var before = Snapshot();
        var g = DiscriminatorGradients(real, x, differentiable: false);
        using var noGrad = no_grad();
        if (options.Optimizer == OptimizerKind.GradientDescent)
        {
            Update(i => optimizer.Parameters[i].add_(g[i]!, -rate));
            return new Step(before, g, [], [], 1, 1);
        }

        var count = optimizer.Counts[0].item<float>() + ahead;
        var (meanCorrection, squareCorrection) = (1 - Math.Pow(options.Beta1, count), 1 - Math.Pow(_beta2, count));
        var m = means.Select((mean, i) => g[i] is null ? mean : (mean * options.Beta1) + (g[i]! * (1 - options.Beta1))).ToArray();
        var v = squares.Select((square, i) => g[i] is null ? square : (square * _beta2) + (g[i]!.square() * (1 - _beta2)))
            .ToArray();
        Update(i => optimizer.Parameters[i].addcdiv_(m[i] / meanCorrection, Root(v[i], squareCorrection), -rate));
        return new Step(before, g, m, v, meanCorrection, squareCorrection);

        void Update(Action<int> move) => Enumerable.Range(0, g.Length).Where(i => g[i] is not null).ToList().ForEach(move);
    }

    // How the outcome depends on a step's gradient, given how it depends on the step's results; carries the dependence on the memory one
    // step back.
    private Tensor[] Back(Step step, double rate, Tensor[] byWeights, Tensor[] byMeans, Tensor[] bySquares)
    {
        using var noGrad = no_grad();
        if (options.Optimizer == OptimizerKind.GradientDescent)
        {
            return [.. byWeights.Select(w => w * -rate)];
        }

        return [.. byWeights.Select((w, i) =>
        {
            if (step.Gradients[i] is not { } g)
            {
                return zeros_like(w);
            }

            var root = Root(step.Squares[i], step.SquareCorrection);
            var mean = step.Means[i] / step.MeanCorrection;
            var byMean = byMeans[i] - (w * rate / step.MeanCorrection / root);
            // d root / d v is infinite where v is 0; there the mean is 0 too, and the weight does not move
            var slope = nan_to_num(mean / root.square() / ((root - NetworkOptimizer.Epsilon) * step.SquareCorrection), 0, 0, 0);
            var bySquare = bySquares[i] + (w * slope * (rate / 2));
            byMeans[i] = byMean * options.Beta1;
            bySquares[i] = bySquare * _beta2;
            return (byMean * (1 - options.Beta1)) + (bySquare * g * (2 * (1 - _beta2)));
        })];
    }

    private static Tensor Root(Tensor squares, double correction) => (squares / correction).sqrt() + NetworkOptimizer.Epsilon;

    private Tensor?[] DiscriminatorGradients(Tensor real, Tensor x, bool differentiable)
    {
        var terms = loss.Discriminator(discriminator.Call(real, _labels), discriminator.Call(x, _labels));
        return InputGradient.OfAll(terms.Sum(), optimizer.Parameters, differentiable);
    }

    private (Tensor[] ByWeights, Tensor ByX) Gradients(Tensor value, Tensor x)
    {
        var all = InputGradient.OfAll(value, [.. optimizer.Parameters, x], differentiable: false);
        return ([.. optimizer.Parameters.Select((p, i) => all[i] ?? zeros_like(p).detach())], all[^1] ?? zeros_like(x).detach());
    }

    private Tensor[] Snapshot() => [.. optimizer.Parameters.Concat(_buffers).Select(t => t.detach().clone())];

    private void Restore(Tensor[] saved)
    {
        using var noGrad = no_grad();
        foreach (var (live, old) in optimizer.Parameters.Concat(_buffers).Zip(saved))
        {
            live.copy_(old);
        }
    }
}

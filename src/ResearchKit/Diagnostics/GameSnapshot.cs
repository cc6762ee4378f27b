using ResearchKit.Imaging;
using ResearchKit.Losses;
using ResearchKit.Models;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Diagnostics;

/// <summary>The game in the plane at one moment: what D says everywhere, where the fakes are, and where G's loss pulls them.</summary>
/// <param name="Step">The moment, in training steps.</param>
/// <param name="Area">The part of the plane that was looked at.</param>
/// <param name="Logits">D's logits at equally spaced places; the outer array goes from the bottom to the top, the inner ones from left to
/// right.</param>
/// <param name="Fakes">Generated points, x and y.</param>
/// <param name="Pulls">For each fake, B times the negative gradient of G's loss by it: the direction in which it lowers the loss fastest,
/// and how strongly. For a loss that is a mean over the fakes this is the fake's own share; the relativistic average loss has every fake in
/// every share.</param>
public sealed record GameSnapshot(long Step, PlotArea Area, IReadOnlyList<double[]> Logits, IReadOnlyList<double[]> Fakes,
    IReadOnlyList<double[]> Pulls)
{
    /// <summary>Looks at the game without touching it: networks are read in evaluation mode and put back into their own.</summary>
    /// <param name="step">The moment.</param>
    /// <param name="generator">G, giving points of the plane.</param>
    /// <param name="discriminator">D, giving one logit a point.</param>
    /// <param name="loss">The game, for the pulls.</param>
    /// <param name="real">Real points, shape (B, 2); used by losses that compare with real logits, in which case B is that of z.</param>
    /// <param name="z">Latent vectors of the fakes, shape (B, LatentSize).</param>
    /// <param name="area">The part of the plane to look at.</param>
    /// <param name="resolution">Places along each side, at least 2.</param>
    /// <exception cref="ArgumentException">The generator's or the real points are not of the plane, z has another length, or the counts do
    /// not go together.</exception>
    public static GameSnapshot Take(long step, LatentGenerator generator, nn.Module<Tensor, Tensor> discriminator, IAdversarialLoss loss,
        Tensor real, Tensor z, PlotArea area, int resolution = 41)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, 2);
        Check(generator, loss, real, z);
        using var scope = NewDisposeScope();
        var first = discriminator.parameters().First();
        using var quietG = new EvaluationMode(generator);
        using var quietD = new EvaluationMode(discriminator);
        var fakes = Generate(generator, z.to(first.dtype, first.device)); // (B, 2)
        ThrowIf(fakes.dim() != 2 || fakes.shape[1] != 2,
            $"A snapshot of the plane needs a generator of points (B, 2), not {Shape(fakes)}.", nameof(generator));
        var pulls = Pull(discriminator, loss, real.to(first.dtype, first.device), fakes); // (B, 2)
        var logits = LogitsOn(discriminator, area, resolution, first.dtype, first.device); // (R, R)
        return new GameSnapshot(step, area, Rows(logits), Rows(fakes), Rows(pulls));
    }

    // A wrong shape would be an error of native code, or, worse, be broadcast.
    private static void Check(LatentGenerator generator, IAdversarialLoss loss, Tensor real, Tensor z)
    {
        ThrowIf(z.dim() != 2 || z.shape[0] < 1 || z.shape[1] != generator.LatentSize,
            $"A snapshot needs latent vectors of shape (B, {generator.LatentSize}) with B >= 1, not {Shape(z)}.", nameof(z));
        ThrowIf(loss.GeneratorSeesReal && (real.dim() != 2 || real.shape[1] != 2),
            $"A snapshot of the plane needs real points of shape (B, 2), not {Shape(real)}.", nameof(real));
        ThrowIf(loss.GeneratorSeesReal && real.shape[0] != z.shape[0],
            "This loss compares real and generated points, so a snapshot needs as many real points as latent vectors, not " +
                $"{real.shape[0]} and {z.shape[0]}.", nameof(real));
    }

    private static Tensor Generate(LatentGenerator generator, Tensor z)
    {
        using var noGrad = no_grad();
        return generator.call(z);
    }

    // Every loss is a mean over the batch, so its gradient by one fake shrinks with B: times B it does not.
    private static Tensor Pull(nn.Module<Tensor, Tensor> discriminator, IAdversarialLoss loss, Tensor real, Tensor fakes)
    {
        using var gradients = enable_grad();
        var x = fakes.detach().requires_grad_();
        var value = loss.Generator(loss.GeneratorSeesReal ? discriminator.call(real) : null, discriminator.call(x));
        return InputGradient.Of(value, x, differentiable: false) * -fakes.shape[0];
    }

    private static Tensor LogitsOn(nn.Module<Tensor, Tensor> discriminator, PlotArea area, int resolution, ScalarType dtype, Device device)
    {
        using var noGrad = no_grad();
        var (xs, ys) = (tensor(area.Xs(resolution)), tensor(area.Ys(resolution)));
        var x = xs.unsqueeze(0).expand(resolution, resolution);
        var y = ys.unsqueeze(1).expand(resolution, resolution);
        var places = stack([x, y], 2).reshape(-1, 2).to(dtype, device); // (R * R, 2), row by row from the bottom
        return discriminator.call(places).reshape(resolution, resolution);
    }

    private static double[][] Rows(Tensor matrix)
    {
        var (rows, columns) = ((int)matrix.shape[0], (int)matrix.shape[1]);
        var values = matrix.detach().to(ScalarType.Float64, CPU).contiguous().data<double>().ToArray();
        return [.. Enumerable.Range(0, rows).Select(i => values[(i * columns)..((i + 1) * columns)])];
    }
}

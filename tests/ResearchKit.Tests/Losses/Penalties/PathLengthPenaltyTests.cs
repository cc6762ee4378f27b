using ResearchKit.Losses.Penalties;
using ResearchKit.Models;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Schedules;
using ResearchKit.State;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Losses.Penalties;

/// <summary>Over ten steps of a training it stands beside PyTorch in StyleGan2TrajectoryTests.</summary>
public sealed class PathLengthPenaltyTests : IDisposable
{
    private readonly StyleGan2Generator _generator;
    private readonly Tensor _z;
    private readonly int _threads = get_num_threads();

    public PathLengthPenaltyTests()
    {
        CpuThreads.Use(1); // thousands of tiny operations
        RandomState.Seed(6);
        _generator = new StyleGan2Generator(8, 2, 3, 4, mixing: 0) { Noise = NoiseSource.None };
        _generator.to(ScalarType.Float64).train();
        _z = randn([6, 4], ScalarType.Float64);
    }

    public void Dispose()
    {
        _generator.Dispose();
        _z.Dispose();
        CpuThreads.Use(_threads);
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        Term().backward();
        const double Step = 1e-6;
        // without noise its strengths have no part in it
        foreach (var (name, parameter) in _generator.named_parameters().Where(p => !p.name.EndsWith("strength", StringComparison.Ordinal)))
        {
            var (values, gradient) = (parameter.view(-1), parameter.grad!.view(-1));
            for (var i = 0L; i < values.numel(); i += 1 + values.numel() / 3)
            {
                double At(double by)
                {
                    using var inner = NewDisposeScope();
                    using (no_grad())
                    {
                        values[i].add_(by);
                    }

                    return Term().item<double>();
                }

                var slope = (At(Step) - At(-2 * Step)) / (2 * Step);
                At(Step);
                Assert.True(Math.Abs(slope - gradient[i].item<double>()) <= 1e-5 * (1 + Math.Abs(slope)),
                    $"{name}[{i}]: {slope:R} by differences, {gradient[i].item<double>():R}");
            }
        }

        Tensor Term()
        {
            using var penalty = new PathLengthPenalty(seed: 2);
            return penalty.Compute(_generator, _z, null, 1);
        }
    }

    /// <summary>The Jacobian column by column; y as the penalty draws it.</summary>
    [Fact]
    public void The_term_is_equation_4_of_half_the_batch()
    {
        using var scope = NewDisposeScope();
        using var penalty = new PathLengthPenalty(weight: 3, seed: 2, every: 5, decay: 0.25);
        using var random = new Generator(2 ^ 0x9E3779B9);
        var term = penalty.Compute(_generator, _z, null, 1).item<double>();
        var y = randn([3, 2, 8, 8], generator: random).to(ScalarType.Float64) / 8;
        var styles = _generator.Map(_z[..3]).detach(); // (3, 4, 4)
        var squares = zeros([3], ScalarType.Float64);
        const double Step = 1e-6;
        for (var l = 0; l < 4; l++)
        {
            for (var k = 0; k < 4; k++)
            {
                var moved = zeros_like(styles);
                moved[.., l, k] = Step;
                var slope = (_generator.Synthesize(styles + moved) - _generator.Synthesize(styles - moved)) / (2 * Step);
                squares += (slope * y).sum([1, 2, 3]).square() / 4;
            }
        }

        var lengths = squares.sqrt();
        var mean = 0.25 * lengths.mean().item<double>();
        Assert.Equal(mean, penalty.Mean, 1e-7 * mean);
        Assert.Equal((lengths - mean).square().mean().item<double>() * 3 * 5, term, 1e-6 * term);
    }

    [Fact]
    public void Is_due_every_kth_step_while_its_weight_is_above_0()
    {
        using var penalty = new PathLengthPenalty(new LinearSchedule(1, 0, 6), every: 2);
        Assert.Equal([1, 3, 5], Enumerable.Range(1, 12).Where(i => penalty.IsDue(i)));
        using var usual = new PathLengthPenalty();
        Assert.Equal((4, 2.0), (usual.Every, usual.Weight.At(1)));
        using var one = randn([1, 4], ScalarType.Float64); // half of one sample is one
        using var term = usual.Compute(_generator, one, null, 1);
        Assert.True(term.item<double>() > 0);
    }

    [Fact]
    public void Goes_on_from_a_state_to_the_bit_and_leaves_nothing_but_its_result()
    {
        using var first = new PathLengthPenalty(seed: 4);
        using var second = new PathLengthPenalty(seed: 9);
        first.Compute(_generator, _z, null, 1).Dispose();
        using var state = new StateStore();
        first.Save(state);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        using var expected = first.Compute(_generator, _z, null, 5);
        NativeMemory.Trim();
        Assert.Equal(live + 1, Tensor.TotalCount);
        second.Load(state);
        using var again = second.Compute(_generator, _z, null, 5);
        Assert.Equal(expected.item<double>(), again.item<double>());
        Assert.Equal(first.Mean, second.Mean);
    }

    [Fact]
    public void Generators_without_styles_and_numbers_out_of_range_are_refused()
    {
        using var penalty = new PathLengthPenalty();
        using var g = new DcganGenerator(28, 1, 4, 8);
        Assert.Null(penalty.Refuses(_generator));
        Assert.Contains("a DcganGenerator has none", penalty.Refuses(g), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => penalty.Compute(g, zeros(2, 8), null, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PathLengthPenalty(every: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PathLengthPenalty(decay: 0));
        Assert.Throws<ArgumentException>(() => new PathLengthPenalty(-1));
    }
}

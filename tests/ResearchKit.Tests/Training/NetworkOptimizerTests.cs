using ResearchKit.Schedules;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>The rules against TorchSharp's own optimizers, which call PyTorch's operations one by one.</summary>
public class NetworkOptimizerTests
{
    private readonly Tensor _x = rand(8, 1, 6, 6, dtype: ScalarType.Float64);

    [Theory]
    [InlineData(OptimizerKind.Adam, ScalarType.Float64, 1e-12)]
    [InlineData(OptimizerKind.Adam, ScalarType.Float32, 1e-5)]
    [InlineData(OptimizerKind.RmsProp, ScalarType.Float64, 1e-12)]
    [InlineData(OptimizerKind.GradientDescent, ScalarType.Float64, 1e-12)]
    public void Twenty_steps_are_those_of_TorchSharps_optimizer(OptimizerKind kind, ScalarType dtype, double tolerance)
    {
        using var ours = Network(dtype);
        using var theirs = Network(dtype);
        var options = new TrainerOptions { Optimizer = kind };
        using var optimizer = new NetworkOptimizer(ours, 1e-2, options);
        using optim.Optimizer reference = kind switch
        {
            OptimizerKind.Adam => optim.Adam(theirs.parameters(), 1e-2, 0.5, 0.999),
            OptimizerKind.RmsProp => optim.RMSProp(theirs.parameters(), 1e-2),
            _ => optim.SGD(theirs.parameters(), 1e-2),
        };
        for (var step = 1; step <= 20; step++)
        {
            optimizer.Step(Loss(ours), step);
            reference.zero_grad();
            Loss(theirs).backward();
            reference.step();
        }

        Same(theirs, ours, tolerance);
    }

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.RmsProp)]
    [InlineData(OptimizerKind.GradientDescent)]
    public void A_parameter_that_the_loss_does_not_reach_stays_and_the_others_move_as_ever(OptimizerKind kind)
    {
        using var whole = Network(ScalarType.Float64);
        using var alone = Network(ScalarType.Float64);
        using var idle = nn.Linear(3, 3, dtype: ScalarType.Float64);
        using var both = nn.Sequential(("network", whole), ("idle", idle));
        using var before = idle.weight.detach().clone();
        using var optimizer = new NetworkOptimizer(both, 1e-2, new TrainerOptions { Optimizer = kind });
        using var reference = new NetworkOptimizer(alone, 1e-2, new TrainerOptions { Optimizer = kind });
        for (var step = 1; step <= 5; step++)
        {
            var (norm, expected) = (optimizer.Step(Loss(whole), step), reference.Step(Loss(alone), step));
            Assert.Equal(expected.item<double>(), norm.item<double>(), 1e-12);
        }

        Same(alone, whole, 1e-12);
        Assert.True(before.eq(idle.weight).all().item<bool>());
    }

    [Fact]
    public void A_long_gradient_is_brought_to_the_limit_and_its_norm_is_told_before()
    {
        using var network = nn.Linear(2, 1, hasBias: false, dtype: ScalarType.Float64);
        using var before = network.weight.detach().clone();
        using var optimizer = new NetworkOptimizer(network, 1,
            new TrainerOptions { Optimizer = OptimizerKind.GradientDescent, GradientClip = 0.5 });
        using var norm = optimizer.Step(network.call(tensor(new double[,] { { 3, 4 } })).sum(), 1);
        Assert.Equal(5, norm.item<double>(), 1e-12);
        // clip_grad_norm_ divides by the norm + 1e-6
        Assert.Equal([0.3, 0.4], (before - network.weight).detach().data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void The_rate_follows_its_schedule()
    {
        using var network = nn.Linear(1, 1, hasBias: false, dtype: ScalarType.Float64);
        using var optimizer = new NetworkOptimizer(network, new LinearSchedule(1, 0, 4),
            new TrainerOptions { Optimizer = OptimizerKind.GradientDescent });
        var values = new List<double> { network.weight.item<double>() };
        for (var step = 1; step <= 6; step++)
        {
            optimizer.Step(network.call(ones(1, 1, dtype: ScalarType.Float64)).sum(), step);
            values.Add(network.weight.item<double>());
        }

        Assert.Equal([1, 0.75, 0.5, 0.25, 0, 0], values.Zip(values.Skip(1), (a, b) => a - b), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Clamping_reaches_every_weight()
    {
        using var network = Network(ScalarType.Float32);
        using var optimizer = new NetworkOptimizer(network, 1, new TrainerOptions());
        optimizer.Clamp(0.01);
        Assert.All(network.parameters(), p => Assert.True(p.abs().max().item<float>() <= 0.01f));
    }

    [Fact]
    public void A_backward_pass_that_fails_is_an_error_and_not_the_end_of_the_process()
    {
        using var network = nn.Linear(2, 2);
        using var optimizer = new NetworkOptimizer(network, 1, new TrainerOptions());
        var y = network.call(ones(1, 2)).exp();
        using (no_grad())
        {
            y.add_(1); // exp's gradient needs y as it was
        }

        Assert.Contains("inplace operation", Assert.ThrowsAny<Exception>(() => optimizer.Step(y.sum(), 1)).Message,
            StringComparison.Ordinal);
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Parameters_that_do_not_lie_in_order_are_refused()
    {
        using var network = nn.Linear(2, 3);
        network.weight = new Parameter(rand(2, 3).t());
        Assert.Contains("contiguous", Assert.Throws<ArgumentException>(() => new NetworkOptimizer(network, 1,
            new TrainerOptions())).Message, StringComparison.Ordinal);
    }

    private Tensor Loss(Sequential network)
    {
        var x = _x.to(network.parameters().First().dtype).detach().requires_grad_();
        var y = network.call(x);
        // gradients of double backward do not lie in order
        var slope = autograd.grad([y.sum()], [x], create_graph: true, retain_graph: true)[0];
        return (y - 1).square().mean() + slope.square().mean();
    }

    private static Sequential Network(ScalarType dtype)
    {
        random.manual_seed(3);
        var network = nn.Sequential(nn.Conv2d(1, 3, 4, 2, 1), nn.Tanh(), nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4, 1));
        network.to(dtype);
        return network;
    }

    private static void Same(nn.Module expected, nn.Module actual, double tolerance)
    {
        foreach (var ((name, a), b) in expected.named_parameters().Zip(actual.parameters()))
        {
            TensorAssert.Near(a.detach(), b.detach(), tolerance, name);
        }
    }
}

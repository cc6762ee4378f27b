using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Monitors;

/// <summary>Short real trainings, healthy and broken; the benchmark `monitor` has many.</summary>
public class GameWatchTests
{
    private static readonly ExperimentOptions Ring = new()
    {
        Data = "ring8", Samples = 5000, Features = 32, Latent = 2, Batch = 32, Steps = 500, Normalization = DiscriminatorNormalization.None,
            GeneratorRate = 1e-3, DiscriminatorRate = 1e-3, Average = 0,
    };

    [Fact]
    public void Nothing_is_told_of_a_healthy_training() => Assert.Equal(GameVerdictKind.Healthy, Watched(Ring).Kind);

    [Fact]
    public void A_learning_rate_a_hundred_times_higher_diverges() =>
        Assert.Equal(GameVerdictKind.Diverging, Watched(Ring with { Steps = 150, GeneratorRate = 0.1, DiscriminatorRate = 0.1 }).Kind);

    [Fact]
    public void A_critic_without_a_constraint_grows_without_bound_and_one_with_a_penalty_does_not()
    {
        var critic = Ring with { Loss = "wasserstein", DiscriminatorSteps = 5, Beta1 = 0, Steps = 350 };
        Assert.Equal(GameVerdictKind.UnboundedCritic, Watched(critic).Kind);
        Assert.Equal(GameVerdictKind.Healthy, Watched(critic with { GradientPenalty = 10 }).Kind);
    }

    [Fact]
    public void The_minimax_loss_with_ten_steps_of_D_is_won_by_D() =>
        Assert.Equal(GameVerdictKind.DiscriminatorWon,
            Watched(Ring with { Loss = "minimax", DiscriminatorSteps = 10, Features = 64, Batch = 64, Steps = 400, Seed = 100 }).Kind);

    [Fact]
    public void A_D_that_sees_noise_never_tells_anything() =>
        Assert.Equal(GameVerdictKind.DiscriminatorLost, Watched(Ring with { Noise = 30.0, DiscriminatorRate = 1e-5 }).Kind);

    [Fact]
    public void A_D_whose_units_die_starves_G() =>
        Assert.Equal(GameVerdictKind.GeneratorStarved, Watched(Ring with { Optimizer = OptimizerKind.GradientDescent }, between: d =>
    {
        using var noGrad = no_grad();
        foreach (var parameter in d.parameters())
        {
            parameter.zero_(); // with all of them 0 only the last bias has a gradient
        }
    }).Kind);

    [Fact]
    public void A_training_that_breaks_off_has_a_verdict_and_still_throws()
    {
        using var gan = new TinyGan(new TrainerOptions { Threads = 1, DiscriminatorLearningRate = 1e30 });
        var monitor = GameMonitor.For(gan.Trainer);
        var error = Assert.Throws<TrainingDivergedException>(() => gan.Trainer.Run(50).Watch(monitor).ToList());
        Assert.Equal((GameVerdictKind.NotFinite, error.Step), (monitor.Verdict.Kind, monitor.Verdict.Since));
    }

    [Fact]
    public void Watching_changes_nothing_and_is_as_lazy_as_the_training()
    {
        using var plain = new TinyGan();
        using var watched = new TinyGan();
        var steps = watched.Trainer.Run(60).Watch(GameMonitor.For(watched.Trainer));
        Assert.Equal(0, watched.Trainer.StepsDone);
        Assert.Equal(plain.Trainer.Run(60).Select(s => s.GeneratorLoss).ToList(), [.. steps.Select(s => s.GeneratorLoss)]);
    }

    private static GameVerdict Watched(ExperimentOptions options, Action<nn.Module<Tensor, Tensor>>? between = null)
    {
        using var experiment = Experiment.Build(options);
        var monitor = GameMonitor.For(experiment.Trainer);
        foreach (var step in experiment.Trainer.Run(options.Steps).Watch(monitor))
        {
            if (step.Step == 200)
            {
                between?.Invoke(experiment.Discriminator);
            }
        }

        return monitor.Verdict;
    }
}

using ResearchKit.Diagnostics.Monitors;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Support;
using ResearchKit.Training;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics.Monitors;

/// <summary>Short real trainings, healthy and broken; the benchmark `monitor` has many.</summary>
public class GameWatchTests
{
    private static readonly ExperimentOptions Ring = new ExperimentOptions().With("data=ring8", "samples=5000", "features=32", "latent=2",
        "batch=32", "steps=500", "normalization=None", "generatorLearningRate=1e-3", "discriminatorLearningRate=1e-3", "averageDecay=none");

    [Fact]
    public void Nothing_is_told_of_a_healthy_training() => Assert.Equal(GameVerdictKind.Healthy, Watched(Ring).Kind);

    [Fact]
    public void A_learning_rate_a_hundred_times_higher_diverges() =>
        Assert.Equal(GameVerdictKind.Diverging,
            Watched(Ring.With("steps=150", "generatorLearningRate=0.1", "discriminatorLearningRate=0.1")).Kind);

    [Fact]
    public void A_critic_without_a_constraint_grows_without_bound_and_one_with_a_penalty_does_not()
    {
        var critic = Ring.With("loss=wasserstein", "discriminatorSteps=5", "beta1=0", "steps=350");
        Assert.Equal(GameVerdictKind.UnboundedCritic, Watched(critic).Kind);
        Assert.Equal(GameVerdictKind.Healthy, Watched(critic.With("gradientPenalty=10")).Kind);
    }

    [Fact]
    public void The_minimax_loss_with_ten_steps_of_D_is_won_by_D() =>
        Assert.Equal(GameVerdictKind.DiscriminatorWon,
            Watched(Ring.With("loss=minimax", "discriminatorSteps=10", "features=64", "batch=64", "steps=400", "seed=100")).Kind);

    [Fact]
    public void A_D_that_sees_noise_never_tells_anything() =>
        Assert.Equal(GameVerdictKind.DiscriminatorLost, Watched(Ring.With("noise=30", "discriminatorLearningRate=1e-5")).Kind);

    [Fact]
    public void A_D_whose_units_die_starves_G() =>
        Assert.Equal(GameVerdictKind.GeneratorStarved, Watched(Ring.With("optimizer=GradientDescent"), between: d =>
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
        foreach (var step in experiment.Trainer.Run(options.Run.Steps).Watch(monitor))
        {
            if (step.Step == 200)
            {
                between?.Invoke(experiment.Discriminator);
            }
        }

        return monitor.Verdict;
    }
}

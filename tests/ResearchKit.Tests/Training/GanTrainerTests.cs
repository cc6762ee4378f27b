using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

public class GanTrainerTests
{
    [Fact]
    public void Keeps_the_number_of_live_tensors_over_200_steps()
    {
        using var gan = new TinyGan();
        foreach (var _ in gan.Trainer.Run(5))
        {
        }

        NativeMemory.Trim(); // collects what earlier tests left, and only here: a tensor that this run leaves must count
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var total = Tensor.TotalCount;
        foreach (var _ in gan.Trainer.Run(200))
        {
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(total, Tensor.TotalCount);
    }

    [Fact]
    public void Reports_plausible_numbers_and_moves_both_networks()
    {
        using var gan = new TinyGan();
        var (g, d) = (Checksum(gan.Generator), Checksum(gan.Discriminator));
        var reports = gan.Trainer.Run(6).ToList();
        Assert.Equal([1, 2, 3, 4, 5, 6], reports.Select(r => r.Step));
        Assert.Equal(6 / 5.0, reports[^1].Epoch, 1e-9);
        Assert.All(reports, r =>
        {
            Assert.InRange(r.RealProbability, 0, 1);
            Assert.InRange(r.FakeProbability, 0, 1);
            Assert.True(r is { RealLoss: > 0, FakeLoss: > 0, GeneratorLoss: > 0, DiscriminatorGradientNorm: > 0, GeneratorGradientNorm: > 0,
                ImagesPerSecond: > 0 });
            Assert.Equal(r.RealLoss + r.FakeLoss, r.DiscriminatorLoss);
        });
        Assert.NotEqual(g, Checksum(gan.Generator));
        Assert.NotEqual(d, Checksum(gan.Discriminator));
    }

    [Fact]
    public void The_same_seeds_give_the_same_weights_and_another_seed_gives_others()
    {
        double Train(long seed)
        {
            using var gan = new TinyGan(new TrainerOptions { Threads = 1, Seed = seed });
            _ = gan.Trainer.Run(5).ToList();
            return Checksum(gan.Generator);
        }

        Assert.Equal(Train(1), Train(1));
        Assert.NotEqual(Train(1), Train(2));
    }

    [Fact]
    public void Does_a_step_only_when_its_report_is_pulled()
    {
        using var gan = new TinyGan();
        var run = gan.Trainer.Run(10);
        Assert.Equal(0, gan.Trainer.StepsDone);
        foreach (var step in run)
        {
            if (step.Step == 3)
            {
                break;
            }
        }

        Assert.Equal(3, gan.Trainer.StepsDone);
        Assert.Equal(4, gan.Trainer.Run(1).Single().Step);
    }

    [Fact]
    public void Refuses_to_walk_the_same_steps_twice()
    {
        using var gan = new TinyGan();
        var run = gan.Trainer.Run(2);
        Assert.Equal(2, run.Count());
        var error = Assert.Throws<InvalidOperationException>(() => run.Last());
        Assert.Contains("call Run again", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, gan.Trainer.StepsDone);
    }

    [Fact]
    public void Goes_on_after_the_consumer_threw()
    {
        using var gan = new TinyGan();
        Assert.Throws<DivideByZeroException>(() =>
        {
            foreach (var step in gan.Trainer.Run(5))
            {
                throw new DivideByZeroException();
            }
        });
        Assert.Equal(2, gan.Trainer.Run(1).Single().Step);
    }

    [Fact]
    public void Trains_though_the_consumer_left_no_grad_and_eval_on()
    {
        using var gan = new TinyGan();
        using var reference = new TinyGan();
        foreach (var _ in gan.Trainer.Run(3))
        {
            set_grad_enabled(false);
            gan.Generator.eval();
            gan.Discriminator.eval();
        }

        set_grad_enabled(true);
        _ = reference.Trainer.Run(3).ToList();
        Assert.Equal(Checksum(reference.Generator), Checksum(gan.Generator));
    }

    [Fact]
    public void Leaves_the_consumers_gradient_mode_as_it_was()
    {
        using var gan = new TinyGan();
        using (no_grad())
        {
            _ = gan.Trainer.Run(1).ToList();
            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Trains_from_any_thread()
    {
        using var gan = new TinyGan();
        using var reference = new TinyGan();
        foreach (var _ in gan.Trainer.Run(2))
        {
        }

        var thread = new Thread(() => _ = gan.Trainer.Run(2).ToList());
        thread.Start();
        thread.Join();
        _ = reference.Trainer.Run(4).ToList();
        Assert.Equal(Checksum(reference.Generator), Checksum(gan.Generator));
    }

    [Fact]
    public void Stops_by_steps_epochs_time_and_cancellation()
    {
        using var gan = new TinyGan(); // 5 batches an epoch
        Assert.Empty(gan.Trainer.Run(0));
        Assert.Equal(10, gan.Trainer.RunEpochs(2).Count());
        Assert.Equal(13, gan.Trainer.RunEpochs(0.5).Last().Step);
        var before = gan.Trainer.TrainingTime;
        Assert.NotEmpty(gan.Trainer.RunFor(TimeSpan.FromMilliseconds(50)).ToList());
        Assert.InRange((gan.Trainer.TrainingTime - before).TotalMilliseconds, 50, 1000);
        using var stop = new CancellationTokenSource();
        Assert.Equal(2, gan.Trainer.Run(100, stop.Token).Select((s, i) =>
        {
            if (i == 1)
            {
                stop.Cancel();
            }

            return s;
        }).Count());
    }

    [Fact]
    public void Counts_every_discriminator_step_of_a_generator_step()
    {
        using var gan = new TinyGan(new TrainerOptions { Threads = 1, DiscriminatorSteps = 3 });
        Assert.Equal(2 * 3 / 5.0, gan.Trainer.Run(2).Last().Epoch, 1e-9);
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        _ = gan.Trainer.Run(20).ToList();
        Assert.Equal(live, Tensor.TotalCount);
    }

    [Fact]
    public void The_generator_sees_real_logits_only_where_the_loss_asks_for_them()
    {
        var loss = new Probe { GeneratorSeesReal = true };
        using var gan = new TinyGan(loss: loss);
        _ = gan.Trainer.Run(1).ToList();
        Assert.True(loss.SawReal);
        loss.GeneratorSeesReal = false;
        _ = gan.Trainer.Run(1).ToList();
        Assert.False(loss.SawReal);
    }

    [Fact]
    public void Gs_step_leaves_D_as_it_is_and_trainable()
    {
        using var gan = new TinyGan(new TrainerOptions { Threads = 1, DiscriminatorLearningRate = 1e-30 });
        var before = Checksum(gan.Discriminator);
        _ = gan.Trainer.Run(3).ToList();
        Assert.Equal(before, Checksum(gan.Discriminator));
        Assert.All(gan.Discriminator.parameters(), p => Assert.True(p.requires_grad && p.grad is null));
    }

    [Fact]
    public void Sampling_does_not_disturb_the_training()
    {
        using var gan = new TinyGan();
        using var reference = new TinyGan();
        using var z = NormalLatents.Draw(300, 8, 0);
        _ = gan.Trainer.Run(1).ToList(); // the first batch makes the epoch's permutation, which stays
        NativeMemory.Trim();
        var live = Tensor.TotalCount;
        foreach (var _ in gan.Trainer.Run(2))
        {
            using var sample = gan.Trainer.Sample(z);
            Assert.Equal([300, 1, 28, 28], sample.shape);
            Assert.False(sample.requires_grad);
        }

        Assert.Equal(live, Tensor.TotalCount);
        _ = reference.Trainer.Run(3).ToList();
        Assert.Equal(Checksum(reference.Generator), Checksum(gan.Generator));
    }

    private static double Checksum(nn.Module network) => network.parameters().Sum(p => p.detach().abs().sum().item<float>());

    private sealed class Probe : IAdversarialLoss
    {
        private readonly NonSaturatingLoss _loss = new();

        public bool GeneratorSeesReal { get; set; }

        public LogitKind Logits => LogitKind.LogOdds;

        public bool SawReal { get; private set; }

        public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits) => _loss.Discriminator(realLogits, fakeLogits);

        public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
        {
            SawReal = realLogits is not null;
            return _loss.Generator(realLogits, fakeLogits);
        }
    }
}

using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Models;
using ResearchKit.Support;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training;

/// <summary>Trainings of many seeds as one, against the same trainings one by one.</summary>
public class BatchedTrainerTests
{
    private const int Steps = 200;

    private static string[] Ring8 => ["features=16", "samples=4096"];

    // In float32 a ReLU unit that bends just there makes 1e-7 to 1e-3 in some seeds, as between float32 and float64 of a single run.
    [Fact]
    public void Ten_seeds_of_ring8_equal_ten_single_runs_to_1e_4_after_200_steps()
    {
        Follow("ring8", 10, Steps, 1e-9, ScalarType.Float64, Ring8);
        Assert.True(Follow("ring8", 10, Steps, 1e-4, null, Ring8, fewer: 3) >= 7);
    }

    // Everything else that they have, and images: packs, maxout, batch normalisation, noise, several steps of D, its own batches for G.
    [Theory]
    [InlineData("collapse-ring8-quick", 3, 100, "features=8", "batch=32", "pack=2", "samples=1024", "generatorBatches=1",
        "loss=wasserstein", "weightClip=0.1", "optimizer=RmsProp")]
    [InlineData("collapse-ring8-quick", 3, 100, "features=8", "batch=32", "normalization=Batch", "samples=1024", "discriminatorSteps=2",
        "noise=0.1", "loss=hinge")]
    [InlineData("collapse-ring8-quick", 2, 30, "features=8", "batch=32", "loss=least-squares", "r1=1", "penaltyEvery=4",
        "penaltyOwnStep=true", "samples=1024")]
    [InlineData("collapse-ring8-exact", 2, 10, "pack=2", "batch=20", "samples=1000")]
    [InlineData("collapse-stacked-digits-quick", 3, 12, "features=4", "batch=8", "samples=64", "pack=2", "latent=10")]
    [InlineData("collapse-stacked-digits-quick", 2, 12, "features=4", "batch=8", "samples=64", "loss=relativistic-pairing",
        "normalization=None", "r1=0.5", "r2=0.5", "latent=10", "augment=diff")]
    [InlineData("collapse-stacked-digits-quick", 2, 12, "architecture=unrolled-digits", "features=2", "batch=8", "samples=64")]
    public void In_float64_they_are_equal_to_1e_9(string preset, int seeds, int steps, params string[] changes) =>
        Follow(preset, seeds, steps, 1e-9, ScalarType.Float64, changes);

    [Fact]
    public void A_seed_that_diverges_spoils_no_other()
    {
        using var all = new Games("ring8", 3, ScalarType.Float64, Ring8);
        using var others = new Games("ring8", 3, ScalarType.Float64, Ring8);
        using (no_grad())
        {
            all.Trainings[1].Generator.parameters().First().fill_(double.NaN);
        }

        using var trainer = new BatchedTrainer(all.Trainings, all.Options);
        Assert.Equal(70, trainer.Run(70).Count());
        Assert.Equal([null, 1L, null], trainer.DivergedAt);
        using var single = others.Single(2);
        Assert.Equal(70, single.Run(70).Count());
        trainer.CopyBack(1);
        trainer.CopyBack(2);
        AssertNear(others.Trainings[2], all.Trainings[2], 1e-9);
        Assert.Contains(all.Trainings[1].Generator.parameters(), p => p.isnan().any().item<bool>());
    }

    [Fact]
    public void A_report_of_one_seed_is_that_of_its_single_run()
    {
        using var all = new Games("ring8", 3, ScalarType.Float64, Ring8);
        using var others = new Games("ring8", 3, ScalarType.Float64, Ring8);
        using var trainer = new BatchedTrainer(all.Trainings, all.Options);
        using var single = others.Single(1);
        Assert.Equal(5, trainer.Run(5).Count());
        var (expected, actual) = (single.Run(5).Last(), trainer.Report(1));
        Assert.Equal(5, actual.Step);
        Assert.Equal(expected.Epoch, actual.Epoch);
        foreach (var quantity in StepQuantities.All.Where(q => !double.IsNaN(actual[q])))
        {
            Assert.Equal(expected[quantity], actual[quantity], 1e-9);
        }

        Assert.Equal(7, StepQuantities.All.Count(q => !double.IsNaN(actual[q]))); // all but the penalty and the norms
    }

    [Fact]
    public void It_resumes_exactly()
    {
        using var whole = new Games("ring8", 2, null, [.. Ring8, "noise=0.1"]);
        using var again = new Games("ring8", 2, null, [.. Ring8, "noise=0.1"]);
        using var first = new BatchedTrainer(whole.Trainings, whole.Options);
        using var second = new BatchedTrainer(again.Trainings, again.Options);
        Assert.Equal(10, first.Run(10).Count());
        using var state = new ResearchKit.State.StateStore();
        first.Save(state);
        second.Load(state);
        Assert.Equal(5, first.Run(5).Count());
        Assert.Equal(5, second.Run(5).Count());
        first.CopyBack(1);
        second.CopyBack(1);
        AssertNear(whole.Trainings[1], again.Trainings[1], 0);
    }

    [Theory]
    [InlineData("SpectralLinear is no part of these", "normalization=Spectral")]
    [InlineData("MinibatchStandardDeviation is no part of these", "minibatchDeviation=4")]
    [InlineData("WganGpPenalty has no form", "gradientPenalty=1", "loss=wasserstein")]
    [InlineData("UnrolledSteps has no form", "unrolledSteps=2", "r1=0", "r2=0")]
    [InlineData("GradientClip", "gradientClip=1")]
    [InlineData("AverageHalfLife", "averageHalfLife=1000")]
    [InlineData("RelativisticAverageLoss, which is no mean", "loss=relativistic-average")]
    [InlineData("a penalty on packs", "pack=2")]
    public void What_cannot_be_batched_is_refused_in_one_sentence(string problem, params string[] changes)
    {
        using var games = new Games("ring8", 2, null, [.. Ring8, .. changes]);
        var refusal = Assert.Throws<ArgumentException>(() => new BatchedTrainer(games.Trainings, games.Options)).Message;
        Assert.Contains(problem, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_has_its_own_weights_and_the_single_networks_outlive_it()
    {
        using var scope = NewDisposeScope();
        DcganGenerator[] singles = [new(28, 1, 2, 3), new(28, 1, 2, 3)];
        using (var together = new BatchedGenerator(singles))
        {
            Assert.Equal(singles.Sum(s => s.parameters().Sum(p => p.numel())), together.parameters().Sum(p => p.numel()));
        }

        Assert.Equal([2, 1, 28, 28], singles[0].call(randn(2, 3)).shape);
    }

    [Fact]
    public void Networks_of_two_shapes_are_refused()
    {
        using var narrow = new MlpGenerator(2, 2, new MlpOptions { Widths = [4] });
        using var wide = new MlpGenerator(2, 2, new MlpOptions { Widths = [8] });
        Assert.Contains("same sizes", Assert.Throws<ArgumentException>(() => new BatchedGenerator([narrow, wide])).Message,
            StringComparison.Ordinal);
    }

    // How many seeds are near; at most so many fewer than all.
    private static int Follow(string preset, int seeds, int steps, double tolerance, ScalarType? dtype, string[] changes, int fewer = 0)
    {
        using var singles = new Games(preset, seeds, dtype, changes);
        using var together = new Games(preset, seeds, dtype, changes);
        using var trainer = new BatchedTrainer(together.Trainings, together.Options);
        Assert.Equal(steps, trainer.Run(steps).Count());
        var far = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            using var single = singles.Single(seed);
            Assert.Equal(steps, single.Run(steps).Count());
            try
            {
                trainer.CopyBack(seed);
                AssertNear(singles.Trainings[seed], together.Trainings[seed], tolerance);
                using var average = trainer.UseAverage();
                trainer.CopyBack(seed);
                using var expected = single.UseAverage();
                AssertNear(singles.Trainings[seed], together.Trainings[seed], tolerance);
            }
            catch (Xunit.Sdk.TrueException) when (++far <= fewer)
            {
                // one that bends
            }
        }

        Assert.All(trainer.DivergedAt, step => Assert.Null(step));
        return seeds - far;
    }

    private static void AssertNear(BatchedTraining expected, BatchedTraining actual, double tolerance)
    {
        foreach (var (one, other) in ((nn.Module, nn.Module)[])[(expected.Generator, actual.Generator),
            (expected.Discriminator, actual.Discriminator)])
        {
            var (first, second) = (one.state_dict(), other.state_dict());
            Assert.Equal(first.Keys, second.Keys);
            foreach (var (name, value) in first)
            {
                TensorAssert.Near(value, second[name], tolerance, name);
            }
        }
    }

    // The games of a preset, one a seed.
    private sealed class Games : IDisposable
    {
        private readonly List<Experiment> _experiments = [];

        public Games(string preset, int seeds, ScalarType? dtype, string[] changes)
        {
            for (var seed = 0; seed < seeds; seed++)
            {
                var options = PresetCatalog.Find(preset).Options.With([.. changes, $"seed={seed}"]);
                var e = Experiment.Build(options);
                _experiments.Add(e);
                if (dtype is { } type)
                {
                    e.Generator.to(type);
                    e.Discriminator.to(type);
                }

                Trainings.Add(new BatchedTraining(e.Generator, e.Discriminator, e.Game, e.Data.Batches, seed));
                Options = options.Trainer with { Threads = 1 };
            }
        }

        public List<BatchedTraining> Trainings { get; } = [];

        public TrainerOptions Options { get; } = new();

        public GanTrainer Single(int seed) => new(Trainings[seed].Generator, Trainings[seed].Discriminator, Trainings[seed].Game,
            Trainings[seed].Data, Options with { Seed = seed });

        public void Dispose() => _experiments.ForEach(e => e.Dispose());
    }
}

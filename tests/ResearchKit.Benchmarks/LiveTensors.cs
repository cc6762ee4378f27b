using System.CommandLine;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Runtime;

namespace ResearchKit.Benchmarks;

/// <summary>Tensors that are alive before and after many steps, for every loss with every gradient penalty, with and without
/// DiffAugment, and for the networks of other data than images.</summary>
internal static class LiveTensors
{
    private const int WarmUp = 48; // whole epochs of 8 batches, here and in what follows: an epoch's permutation is alive while it lasts

    private static readonly string[] Losses = ["minimax", "non-saturating", "least-squares", "wasserstein", "hinge", "relativistic-average",
        "relativistic-pairing"];

    private static readonly (string Name, Func<ExperimentOptions, ExperimentOptions> Set)[] Penalties =
    [
        ("none", o => o), ("WGAN-GP", o => o.With("gradientPenalty=10")), ("R1", o => o.With("r1=1")),
        ("R1 and R2", o => o.With("r1=1", "r2=1")),
    ];

    // WGAN-GP, as their presets have it.
    private static readonly string[] Critic = ["latent=16", "loss=wasserstein", "gradientPenalty=10"];

    private static readonly (string Name, string[] Options)[] Networks =
    [
        ("wavegan", ["data=notes", "samples=64", "heldOut=8", "features=1", .. Critic]),
        ("text-wgan-gp", ["data=words", "samples=64", "heldOut=8", "features=4", .. Critic]),
        ("mocogan", ["data=moving-shapes", "samples=64", "heldOut=8", "features=2"]),
        ("seqgan", [.. Oracle, "likelihoodSteps=none"]),
        ("seqgan", [.. Oracle, "likelihoodSteps=1000000"]),
    ];

    private static string[] Oracle => ["data=oracle", "samples=64", "heldOut=8", "imageSize=6", "features=4", "filters=4", "rollouts=2"];

    public static Command Command()
    {
        var steps = Arguments.Option("--steps", 1000, "Steps for each combination, a multiple of 8.", "-n");
        var command = new Command("live-tensors",
            "Live tensors before and after many steps of every combination; ends with 1 when one has more.") { steps };
        command.SetAction(p => Run(p.GetValue(steps)));
        return command;
    }

    private static int Run(int steps)
    {
        var (grown, all) = (0, Combinations().ToList());
        foreach (var (name, options) in all)
        {
            var (before, after) = Count(options, steps);
            grown += before == after ? 0 : 1;
            Console.WriteLine($"{name} {before} live tensors after {WarmUp} steps, {after} after {WarmUp + steps}");
        }

        Console.WriteLine($"{grown} of {all.Count} combinations have another number of live tensors than before");
        return grown == 0 ? 0 : 1;
    }

    private static IEnumerable<(string Name, ExperimentOptions Options)> Combinations()
    {
        foreach (var (name, options) in Networks)
        {
            yield return ($"{$"{name} {options[^1]}",-32}", new ExperimentOptions().With([.. options, $"architecture={name}", "batch=8",
                "discriminatorSteps=2"]));
        }

        var plain = new ExperimentOptions().With("samples=64", "features=4", "latent=16", "batch=8", "normalization=None");
        foreach (var loss in Losses)
        {
            foreach (var (name, set) in Penalties)
            {
                foreach (var augment in (string[])["none", "diff"])
                {
                    yield return ($"{loss,-21} {name,-10} augment {augment,-5}", set(plain.With($"loss={loss}", $"augment={augment}")));
                }
            }
        }
    }

    private static (long Before, long After) Count(ExperimentOptions options, int steps)
    {
        using var experiment = Experiment.Build(options);
        return (After(WarmUp), After(steps));

        long After(int count)
        {
            _ = experiment.Trainer.Run(count).Count();
            NativeMemory.Trim();
            return Tensor.TotalCount;
        }
    }
}

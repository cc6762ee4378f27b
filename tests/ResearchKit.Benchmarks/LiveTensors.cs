using System.CommandLine;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Runtime;
using static TorchSharp.torch;

namespace ResearchKit.Benchmarks;

/// <summary>Tensors that are alive before and after many steps, for every loss with every gradient penalty, with and without
/// DiffAugment.</summary>
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

    public static Command Command()
    {
        var steps = new Option<int>("--steps", "-n") { DefaultValueFactory = _ => 1000,
            Description = "Steps for each combination, a multiple of 8." };
        var command = new Command("live-tensors",
            "Live tensors before and after many steps of every combination; ends with 1 when one has more.") { steps };
        command.SetAction(p => Run(p.GetValue(steps)));
        return command;
    }

    private static int Run(int steps)
    {
        var plain = new ExperimentOptions().With("samples=64", "features=4", "latent=16", "batch=8", "normalization=None");
        var grown = 0;
        foreach (var loss in Losses)
        {
            foreach (var (name, set) in Penalties)
            {
                foreach (var augment in (string[])["none", "diff"])
                {
                    var (before, after) = Count(set(plain.With($"loss={loss}", $"augment={augment}")), steps);
                    grown += before == after ? 0 : 1;
                    Console.WriteLine($"{loss,-21} {name,-10} augment {augment,-5} {before} live tensors after {WarmUp} steps, {after} " +
                        $"after {WarmUp + steps}");
                }
            }
        }

        Console.WriteLine($"{grown} of {Losses.Length * Penalties.Length * 2} combinations have another number of live tensors than " +
            $"before");
        return grown == 0 ? 0 : 1;
    }

    private static (long Before, long After) Count(ExperimentOptions options, int steps)
    {
        using var experiment = Experiment.Build(options);
        return (After(WarmUp), After(steps));

        long After(int count)
        {
            foreach (var _ in experiment.Trainer.Run(count))
            {
                // only the tensors count
            }

            NativeMemory.Trim();
            return Tensor.TotalCount;
        }
    }
}

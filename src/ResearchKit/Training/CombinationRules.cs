using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models;
using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Training;

/// <summary>Refuses combinations that make no sense, when a trainer is built. combining.md beside this file has them in a table.</summary>
internal static class CombinationRules
{
    /// <exception cref="ArgumentException">Two parts do not go together; names them, the reason, and what to do.</exception>
    public static void Require(nn.Module<Tensor, Tensor> discriminator, Game game, IBatchSource data, TrainerOptions options)
    {
        List<nn.Module> layers = [discriminator, .. discriminator.modules()];
        var refusals = game.Penalties.Select(p => p.Refuses(game.Loss))
            .Concat(game.Augmentations.Select(a => a.Refuses(game.Loss)))
            .Append(SlopesThroughBatchNorm(layers, game))
            .Append(BrokenPacks(discriminator, data))
            .Append(OtherClasses("D", discriminator, data))
            .Append(PointsAsImages(data, game))
            .Append(TwoBounds(layers, options))
            .Append(options.UnrolledSteps is null ? null : Unrolling(layers, game, options));
        if (refusals.FirstOrDefault(r => r is not null) is { } reason)
        {
            throw new ArgumentException(reason);
        }
    }

    private static string? SlopesThroughBatchNorm(List<nn.Module> layers, Game game) =>
        game.Penalties.FirstOrDefault(p => p.Sites != SlopeSites.None) is { } penalty
            && layers.Exists(l => l is BatchNorm1d or BatchNorm2d or BatchNorm3d)
            ? $"{penalty.GetType().Name} takes D's slope at each sample, but D has batch normalisation, which mixes the samples of a " +
                $"batch: build D without it, or with spectral, layer or instance normalisation."
            : null;

    private static string? BrokenPacks(nn.Module discriminator, IBatchSource data) =>
        PackedDiscriminator.PackOf(discriminator) is var pack && data.BatchSize % pack != 0
            ? $"D judges packs of {pack}, but a batch has {data.BatchSize} samples: make the batch a multiple of {pack}."
            : null;

    /// <summary>Why a network cannot be told the classes of data; null where it can, or asks for none.</summary>
    public static string? OtherClasses(string name, nn.Module network, IBatchSource data) =>
        ClassConditioning.ClassesOf(network) is > 0 and var classes && classes != data.Classes
            ? $"{name} was built for {classes} classes, and the data have {(data.Classes == 0 ? "none" : data.Classes)}: build it for " +
                $"those of the data."
            : null;

    private static string? PointsAsImages(IBatchSource data, Game game)
    {
        if (game.Augmentations.FirstOrDefault(a => a.NeedsImages) is not { } augmentation)
        {
            return null;
        }

        var start = data.Position;
        using var batch = data.Next();
        data.Position = start;
        return batch.Samples.dim() == 4 ? null
            : $"{augmentation.GetType().Name} changes images, shape (B, C, H, W), but the batches have shape " +
                $"({string.Join(", ", batch.Samples.shape)}): train points without it, or with instance noise.";
    }

    private static string? TwoBounds(List<nn.Module> layers, TrainerOptions options) =>
        options.WeightClip is not null && layers.Exists(l => l is SpectralLayer)
            ? "WeightClip bounds weights that spectral normalisation divides by their norm, so their size means nothing: use one of the " +
                "two."
            : null;

    /// <summary>Why a generator that draws tokens is not trained so, or why options for one are set with another; null where all fit.
    /// </summary>
    public static string? Drawing(LatentGenerator generator, nn.Module discriminator, Game game, TrainerOptions options)
    {
        if (generator is not IAutoregressiveGenerator)
        {
            var set = options.LikelihoodSteps is not null ? nameof(options.LikelihoodSteps)
                : options.DiscriminatorWarmup is not null ? nameof(options.DiscriminatorWarmup)
                : options.Rollouts is not null ? nameof(options.Rollouts)
                : options.RewardBaseline ? nameof(options.RewardBaseline) : null;
            return set is null ? null : $"{set} is for a generator that draws one token after the other, and " +
                $"{generator.GetType().Name} makes all of a sample at once: leave it out, or train seqgan.";
        }

        var (fault, cure) = (game.Augmentations.Count, game.GeneratorPenalties.Count, options, game.Loss.Logits,
            PackedDiscriminator.PackOf(discriminator)) switch
        {
            (_, _, { UnrolledSteps: not null }, _, _) => ("D's slope, which UnrolledSteps follows, does not reach it", "leave them out"),
            (_, _, _, not LogitKind.LogOdds, _) => ("it is rewarded by D's probability, and the logits of this loss give none",
                "take the loss minimax or non-saturating"),
            ( > 0, _, _, _, _) => ("D rewards whole lines, which no augmentation or noise may change", "leave it out"),
            (_, > 0, _, _, _) => ("penalties on G go through D's or its own slope, which it has not", "leave them out"),
            (_, _, _, _, > 1) => ("D rewards single lines, and judges packs here", "set the pack to 1"),
            (_, _, { DiscriminatorWarmup: { } warmup, LikelihoodSteps: var steps }, _, _) when warmup > (steps ?? 0) =>
                ($"DiscriminatorWarmup is {warmup} of the {steps ?? 0} LikelihoodSteps", "make it no more than these"),
            _ => default,
        };
        return fault is null ? null : $"{generator.GetType().Name} draws tokens, and {fault}: {cure}.";
    }

    private static string? Unrolling(List<nn.Module> layers, Game game, TrainerOptions options)
    {
        var (fault, cure) = (game.Penalties.Count, options,
            layers.Find(l => l is Dropout or Dropout1d or Dropout2d or Dropout3d or AlphaDropout or PhaseShuffle or RandomFrames)) switch
        {
            ( > 0, _, _) => ("looks ahead along D's loss alone, and D here is moved by penalties too", "leave out one of the two"),
            (_, { Group: not null }, _) => ("looks ahead along the steps that D makes on one process's batch, and here several processes " +
                "move D together", "leave it out, or train in one process"),
            (_, { Optimizer: OptimizerKind.RmsProp }, _) =>
                ("goes back through D's steps, which is written for Adam and gradient descent, not for RmsProp", "choose one of these"),
            (_, { WeightClip: not null } or { GradientClip: not null }, _) =>
                ("goes back through D's steps, and a clipped step does not pass the gradient on", "leave out WeightClip and GradientClip"),
            (_, { Precision: Precision.BFloat16 }, _) =>
                ("moves D's weights back and forth within one pass, and autocast keeps bfloat16 copies of them",
                    "train with another Precision"),
            (_, _, PhaseShuffle or RandomFrames) =>
                ("computes each of D's steps twice and needs the same result, but D looks at places that chance picks",
                    "leave out one of the two"),
            (_, _, not null) => ("computes each of D's steps twice and needs the same result, but D has dropout", "build D without it"),
            _ => default,
        };
        return fault is null ? null : $"UnrolledSteps {fault}: {cure}.";
    }
}

using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>A penalty by itself.</summary>
internal static class Penalties
{
    /// <summary>Its term for one batch.</summary>
    public static Tensor On(this IDiscriminatorPenalty penalty, nn.Module<Tensor, Tensor> discriminator, Tensor real, Tensor fake,
        long step = 1)
    {
        using var scope = NewDisposeScope();
        return penalty.Compute(DiscriminatorPass.Run(discriminator, real, fake, penalty.Sites, step)).MoveToOuterDisposeScope();
    }
}

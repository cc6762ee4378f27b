using ResearchKit.Models;
using ResearchKit.State;

namespace ResearchKit.Training;

/// <summary>G's gradient where it draws tokens by chance, so that D's slope does not reach it: each token is made more probable by what D
/// says of the lines that it leads to. REINFORCE, as in SeqGAN.</summary>
/// <remarks>Yu et al., arXiv:1609.05473, eq. 4 and 7: the reward of a token is D's probability of "real", the sigmoid of its logit, of the
/// whole line for the last token, and for one before it the mean over lines that G completes from there; D is asked without dropout. The
/// loss is minus the mean reward, the gradient that of minus the sum over a line's tokens of reward times log p, mean over lines.
/// Deviations: lines are completed by G as it is (the authors' code takes weights that move a fifth of the way to G's after each step),
/// and the mean over lines stands in place of their sum, which Adam makes no difference of but where gradients are clipped; Adam's
/// moments go on from the steps of likelihood, where the authors begin with new ones. The baseline is not the authors': the batch's mean
/// reward in each place.</remarks>
internal sealed class PolicyGradient(IAutoregressiveGenerator generator, nn.Module<Tensor, Tensor> discriminator, TrainerOptions options)
    : RandomPart(options.OwnSeed, Salt), ISampleGradient
{
    /// <summary>Lines that are completed from each place, where the options do not say: the authors'.</summary>
    public const int OwnRollouts = 16;

    private const ulong Salt = 0x1D8E4E27C47D124FUL;
    private const long MostNumbers = 1 << 22; // of one-hot lines that D is shown at a time: 16 MB in float32

    /// <inheritdoc/>
    public (Tensor Loss, Tensor Gradient) Of(Tensor real, Tensor fake, Tensor? labels, long step)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var evaluation = new EvaluationMode(discriminator);
        var (batch, length) = (fake.shape[0], fake.shape[2]);
        var (rollouts, tokens) = (options.Rollouts ?? OwnRollouts, fake.argmax(1)); // (B, L)
        var lines = generator.RollOuts(tokens, rollouts, Random).reshape(-1, length); // ((L - 1) K B, L)
        var atOnce = Math.Max(1, MostNumbers / (fake.shape[1] * length));
        var before = cat([.. lines.split(atOnce).Select(part => Reward(OneHot(part, fake)))]); // ((L - 1) K B)
        var rewards = cat([before.reshape(length - 1, rollouts, batch).mean([1]), Reward(fake).unsqueeze(0)]).t(); // (B, L)
        var seen = options.RewardBaseline ? rewards - rewards.mean([0], keepdim: true) : rewards; // (B, L)
        var gradient = fake * seen.unsqueeze(1) / -(double)batch; // (B, V, L)
        return ((-rewards.mean()).MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
    }

    private Tensor Reward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return discriminator.call(x).sigmoid().to(x.dtype).MoveToOuterDisposeScope(); // (B)
    }

    private static Tensor OneHot(Tensor tokens, Tensor like) =>
        nn.functional.one_hot(tokens, like.shape[1]).transpose(1, 2).to(like.dtype); // (N, V, L)
}

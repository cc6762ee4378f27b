using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.State;

namespace ResearchKit.Training.Translation;

/// <summary>One step of CycleGAN: both generators, then both discriminators on images from the pools.</summary>
internal sealed class CycleStep(CycleNetworks networks, nn.Module both, IAdversarialLoss loss, IBatchSource a, IBatchSource b,
    TranslationOptions translation, TrainerOptions options)
    : TranslationStep(both, [networks.OfA, networks.OfB], loss, [a, b], translation, options)
{
    private readonly ImagePool _poolA = new(translation.PoolSize, options.OwnSeed);
    private readonly ImagePool _poolB = new(translation.PoolSize, unchecked(options.OwnSeed + (1L << 16)));

    protected override IEnumerable<(string Name, IResumable Part)> Parts => [("pool-a", _poolA), ("pool-b", _poolB)];

    public override void Dispose()
    {
        _poolA.Dispose();
        _poolB.Dispose();
        base.Dispose();
    }

    protected override void Move(long step, StepLog log)
    {
        var (realA, realB) = (Next(0), Next(1)); // (B, C, H, W)
        var pass = Translate(realA, realB);
        var norm = MoveTranslators(pass.Loss, step);
        var ofA = Discriminators[0].Run(step, realA, _poolA.Exchange(pass.FakeA));
        var ofB = Discriminators[1].Run(step, realB, _poolB.Exchange(pass.FakeB));
        log.Write(realA.sum() + realB.sum(), Both(ofA.Pass.RealLogits, ofB.Pass.RealLogits), Both(ofA.Pass.FakeLogits, ofB.Pass.FakeLogits),
            ofA.Terms.Real + ofB.Terms.Real, ofA.Terms.Fake + ofB.Terms.Fake, ofA.Penalty + ofB.Penalty,
            (ofA.Norm.square() + ofB.Norm.square()).sqrt(), pass.Loss, norm, pass.Cycle, pass.Identity);
    }

    private (Tensor Loss, Tensor Cycle, Tensor? Identity, Tensor FakeA, Tensor FakeB) Translate(Tensor realA, Tensor realB)
    {
        using var cast = Cast();
        var (fakeB, fakeA) = (Apply(networks.AToB, realA), Apply(networks.BToA, realB));
        var cycle = Error(Apply(networks.BToA, fakeB), realA) + Error(Apply(networks.AToB, fakeA), realB);
        var loss = Adversarial(networks.OfB, realB, fakeB) + Adversarial(networks.OfA, realA, fakeA) + (cycle * Translation.CycleWeight);
        if (Translation.IdentityWeight is not { } weight)
        {
            return (loss, cycle, null, fakeA, fakeB);
        }

        var identity = Error(Apply(networks.AToB, realB), realB) + Error(Apply(networks.BToA, realA), realA);
        return (loss + (identity * (weight * Translation.CycleWeight)), cycle, identity, fakeA, fakeB);
    }

    private static Tensor Error(Tensor made, Tensor wanted) => (made - wanted).abs().mean();

    private static Tensor Both(Tensor a, Tensor b) => cat([a.flatten(), b.flatten()]);
}

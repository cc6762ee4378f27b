using ResearchKit.Losses;

namespace ResearchKit.Training.Translation;

/// <summary>A loss whose discriminator moves at half the speed: the authors of CycleGAN and pix2pix halve D's objective (arXiv:1611.07004,
/// section 3.3).</summary>
internal sealed class HalvedLoss(IAdversarialLoss loss) : IAdversarialLoss
{
    public bool GeneratorSeesReal => loss.GeneratorSeesReal;

    public LogitKind Logits => loss.Logits;

    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits)
    {
        var terms = loss.Discriminator(realLogits, fakeLogits);
        return new DiscriminatorTerms(terms.Real / 2, terms.Fake / 2);
    }

    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits) => loss.Generator(realLogits, fakeLogits);
}

namespace ResearchKit.Models.Translation;

/// <summary>The generators of a training from image to image, as one network: they have one optimizer, one average and one file.</summary>
public sealed class Translators : nn.Module
{
    private readonly ImageTranslator a_to_b;
    private readonly ImageTranslator? b_to_a;

    /// <summary>Puts them together; they stay the caller's.</summary>
    /// <param name="aToB">Turns images of A into images of B.</param>
    /// <param name="bToA">Turns images of B into images of A; null where there is no way back.</param>
    /// <exception cref="ArgumentException">They are not of the same two domains.</exception>
    public Translators(ImageTranslator aToB, ImageTranslator? bToA = null)
        : base(nameof(Translators))
    {
        if (bToA is not null && (aToB.Inputs, aToB.Outputs) != (bToA.Outputs, bToA.Inputs))
        {
            throw new ArgumentException($"The generator from A to B turns {aToB.Inputs} channels into {aToB.Outputs}, the one from B to " +
                $"A {bToA.Inputs} into {bToA.Outputs}: build them for the same two domains.", nameof(bToA));
        }

        (a_to_b, b_to_a) = (aToB, bToA);
        RegisterComponents();
    }

    /// <summary>Turns images of A into images of B.</summary>
    public ImageTranslator AToB => a_to_b;

    /// <summary>Turns images of B into images of A; null where there is no way back.</summary>
    public ImageTranslator? BToA => b_to_a;
}

using System.ComponentModel;
using System.Reflection;
using System.Text.Json;

namespace ResearchKit.Training;

/// <summary>The numbers of a training step. Their order is that of a row on the device, of a <see cref="StepReport"/> and of a line of a
/// run's log; their names in camel case are those of the log.</summary>
public enum StepQuantity
{
    /// <summary>The real samples' term of D's loss.</summary>
    [Description("D's loss on real samples")] RealLoss,

    /// <summary>The generated samples' term of D's loss.</summary>
    [Description("D's loss on generated samples")] FakeLoss,

    /// <summary>What the penalties added to D's loss, weighted; 0 without any.</summary>
    [Description("the penalty on D")] Penalty,

    /// <summary>G's loss, against D after its update.</summary>
    [Description("G's loss")] GeneratorLoss,

    /// <summary>D(real): mean sigmoid of the real logits, in [0, 1].</summary>
    [Description("D(real)")] RealProbability,

    /// <summary>D(fake): mean sigmoid of the fake logits, in [0, 1].</summary>
    [Description("D(fake)")] FakeProbability,

    /// <summary>Euclidean norm of D's gradient over all its parameters, before it is limited.</summary>
    [Description("the norm of D's gradient")] DiscriminatorGradientNorm,

    /// <summary>Euclidean norm of G's gradient over all its parameters, before it is limited.</summary>
    [Description("the norm of G's gradient")] GeneratorGradientNorm,

    /// <summary>Share of real samples that D takes for real, in [0, 1]; one that it is undecided about counts half. D's border lies at
    /// logit 0, at 0.5 in the least-squares game, and midway between the batches' means where only differences matter (critics,
    /// relativistic games).</summary>
    [Description("the share of real samples that D takes for real")] RealAccuracy,

    /// <summary>Share of generated samples that D takes for generated, likewise.</summary>
    [Description("the share of generated samples that D takes for generated")] FakeAccuracy,

    /// <summary>Mean absolute error of what should come out again, before its weight: the image after CycleGAN's two cycles, the sum over
    /// both, or pix2pix's translation. NaN where nothing should.</summary>
    [Description("the reconstruction loss")] ReconstructionLoss,

    /// <summary>Mean absolute error of images that are translated into the domain that they are of, before its weight, the sum over both
    /// domains; NaN where there is none.</summary>
    [Description("the identity loss")] IdentityLoss,
}

/// <summary>What is said of the numbers of a step.</summary>
public static class StepQuantities
{
    /// <summary>The numbers of a training from image to image, in order.</summary>
    public static IReadOnlyList<StepQuantity> OfTranslation { get; } = Enum.GetValues<StepQuantity>();

    /// <summary>The numbers of every training, in order.</summary>
    public static IReadOnlyList<StepQuantity> All { get; } =
        [.. OfTranslation.Where(q => q is not (StepQuantity.ReconstructionLoss or StepQuantity.IdentityLoss))];

    /// <summary>Its name in a run's log: "realLoss".</summary>
    public static string JsonName(this StepQuantity quantity) => JsonNamingPolicy.CamelCase.ConvertName(quantity.ToString());

    /// <summary>What it is, in words that go into a sentence: "D's loss on real samples".</summary>
    public static string Description(this StepQuantity quantity) =>
        typeof(StepQuantity).GetField(quantity.ToString())!.GetCustomAttribute<DescriptionAttribute>()!.Description;
}

using ResearchKit.Data;
using ResearchKit.Losses;
using ResearchKit.Models.Translation;

namespace ResearchKit.Training.Translation;

/// <summary>One step of pix2pix: D on a pair and on the input with what G makes of it, then G.</summary>
internal sealed class PairedStep(ImageTranslator translator, nn.Module<Tensor, Tensor>? discriminator, IAdversarialLoss loss,
    IBatchSource pairs, TranslationOptions translation, TrainerOptions options)
    : TranslationStep(translator, discriminator is null ? [] : [discriminator], loss, [pairs], translation, options)
{
    protected override void Move(long step, StepLog log)
    {
        var pair = Next(); // (B, I + O, H, W)
        var (x, y) = (pair.narrow(1, 0, translator.Inputs), pair.narrow(1, translator.Inputs, translator.Outputs));
        Tensor made;
        using (Cast())
        {
            made = Apply(translator, x); // (B, O, H, W)
        }

        var fake = cat([x, made], 1); // (B, I + O, H, W)
        var error = (made - y).abs().mean();
        if (Discriminators is not [var d])
        {
            var (none, alone) = (zeros_like(error), error * Translation.L1Weight!.Value);
            log.Write(pair, none, none, none, none, none, none, alone, MoveTranslators(alone, step), error);
            return;
        }

        var judged = d.Run(step, pair, fake);
        var total = Total(d.Network, pair, fake, error);
        var norm = MoveTranslators(total, step);
        log.Write(pair, judged.Pass.RealLogits, judged.Pass.FakeLogits, judged.Terms.Real, judged.Terms.Fake, judged.Penalty, judged.Norm,
            total, norm, error);
    }

    private Tensor Total(nn.Module<Tensor, Tensor> d, Tensor pair, Tensor fake, Tensor error)
    {
        using var cast = Cast();
        var adversarial = Adversarial(d, pair, fake);
        return Translation.L1Weight is { } weight ? adversarial + (error * weight) : adversarial;
    }
}

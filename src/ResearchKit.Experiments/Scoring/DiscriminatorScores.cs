using ResearchKit.Diagnostics.Overfitting;
using ResearchKit.Models;
using ResearchKit.Training.Augmentation;

namespace ResearchKit.Experiments.Scoring;

/// <summary>How much D has learned its training pictures by heart, and how much G repeats them.</summary>
internal sealed class OverfittingScore(ScorePictures pictures, nn.Module<Tensor, Tensor> discriminator, AdaptiveAugmentation? adaptive)
    : IRunScore
{
    public IEnumerable<(string Name, double Value)> Take()
    {
        using var scope = NewDisposeScope();
        var probe = OverfittingProbe.Take(discriminator, pictures.Trained.First(int.MaxValue), pictures.HeldOut.First(int.MaxValue),
            pictures.GenerateRaw());
        // of as many neighbours, so that neither set has the better chance
        var each = Math.Min(pictures.Trained.Count, pictures.HeldOut.Count);
        using var trained = pictures.Features("trained on", pictures.Trained.Images.narrow(0, 0, each));
        using var held = pictures.Features("held out", pictures.HeldOut.Images.narrow(0, 0, each));
        var generated = pictures.Generated.Features;
        return
        [
            ("trainLogit", probe.TrainLogit), ("heldOutLogit", probe.HeldOutLogit), ("fakeLogit", probe.FakeLogit),
                ("trainSigns", probe.TrainSigns), ("heldOutSigns", probe.HeldOutSigns),
            ("augmentation", adaptive?.P ?? 0),
                ("nearerTrain", NearestSamples.Of(generated, trained.Features)
                .ShareNearerThan(NearestSamples.Of(generated, held.Features))),
        ];
    }
}

/// <summary>What D tells of the distance between held-out and generated pictures: a critic its Wasserstein estimate, another D its estimate
/// of the Jensen-Shannon divergence (arXiv:1406.2661, eq. 1).</summary>
internal sealed class EstimateScore(ScorePictures pictures, nn.Module<Tensor, Tensor> discriminator, bool isCritic) : IRunScore
{
    public IEnumerable<(string Name, double Value)> Take()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var evaluation = new EvaluationMode(discriminator);
        var device = discriminator.parameters().First().device;
        var fake = pictures.GenerateRaw(); // (N, C, H, W)
        var real = pictures.HeldOut.First((int)fake.shape[0]);
        var (r, f) = (discriminator.call(real.to(device)), discriminator.call(fake.to(device))); // (N), (N)
        var estimate = isCritic
            ? r.mean() - f.mean()
            : Math.Log(2) - ((nn.functional.softplus(-r).mean() + nn.functional.softplus(f).mean()) / 2);
        return [("estimate", estimate.item<float>())];
    }
}

using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Data.Toy;
using ResearchKit.Models;
using ResearchKit.Runtime;
using ResearchKit.Training;

namespace ResearchKit.Benchmarks;

/// <summary>A case's game: MLPs of 3 x 64 on points in batches of 64, or DCGANs of 8 features on 28-pixel images in batches of 32.
/// </summary>
internal sealed class CollapseGame : Owner
{
    public CollapseGame(CollapseCase at)
    {
        RandomState.Seed(at.Seed);
        var penalties = at.Penalties;
        penalties.OfType<IDisposable>().ToList().ForEach(p => Own(p));
        var (g, d, data) = at.HasPoints ? Points(at) : Pictures(at);
        Trainer = Own(new GanTrainer(g, d, new Game(at.Loss, penalties), data, at.Options));
    }

    public GanTrainer Trainer { get; }

    /// <summary>Real samples for the monitor. The caller disposes them.</summary>
    public static Tensor RealOf(CollapseCase at)
    {
        if (at.HasPoints)
        {
            return at.Mixture.Sample(1000, 4242);
        }

        using var images = Of(at, "train");
        return images.Images.slice(0, 0, 1000, 1).clone();
    }

    private (LatentGenerator G, nn.Module<Tensor, Tensor> D, IBatchSource Data) Points(CollapseCase at)
    {
        var shape = new MlpOptions { Widths = [64, 64, 64] };
        var data = Own(new PointBatches(Own(at.Mixture.Sample(50_000, at.Seed)), 64, at.Seed));
        return (Own(new MlpGenerator(2, 2, shape)),
            Own(new MlpDiscriminator(2, at.HasSmallDiscriminator ? new MlpOptions { Widths = [16] } : shape)), data);
    }

    private (LatentGenerator G, nn.Module<Tensor, Tensor> D, IBatchSource Data) Pictures(CollapseCase at)
    {
        var images = Own(Of(at, "train"));
        return (Own(new DcganGenerator(28, 1, 8, 100)), Own(new DcganDiscriminator(28, 1, 8, at.Normalization)),
            Own(new ImageBatches(images, 32, at.Seed)));
    }

    /// <summary>The images of a case's kinds. The caller disposes them.</summary>
    public static ImageSet Of(CollapseCase at, string split)
    {
        using var all = DataCatalog.Find().LoadImages(at.Data, split);
        using var kinds = tensor(at.Kinds);
        using var has = all.Labels!.unsqueeze(1).eq(kinds).any(1);
        using var rows = has.nonzero().flatten();
        return new ImageSet(all.Name, all.Images.index_select(0, rows));
    }
}

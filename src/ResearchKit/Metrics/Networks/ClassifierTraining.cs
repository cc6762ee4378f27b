using ResearchKit.Data;
using ResearchKit.Models;
using ResearchKit.Runtime;
using static ResearchKit.Metrics.Arguments;

namespace ResearchKit.Metrics.Networks;

/// <summary>How a feature classifier is trained: everything that its weights depend on, besides the machine's last digits.</summary>
/// <param name="Set">The data set, as the catalog names it; its part <c>train</c> trains, its part <c>test</c> gives the held-out
/// accuracy.</param>
/// <param name="Epochs">Passes over the training images, at least 1.</param>
/// <param name="BatchSize">Images a step, at least 2.</param>
/// <param name="LearningRate">Adam's step size at the start, above 0; falls to 0 along a cosine.</param>
/// <param name="Shift">Each batch is moved by up to so many pixels along each axis while training, at least 0.</param>
/// <param name="Seed">Chooses the initial weights, the order and the moves.</param>
/// <param name="Mirror">Whether images are mirrored half of the time, each for itself.</param>
/// <param name="Border">What a move brings in from beyond the edge: -1 for black, 1 for white.</param>
public sealed record ClassifierRecipe(string Set, int Epochs = 20, int BatchSize = 100, double LearningRate = 5e-3, int Shift = 1,
    long Seed = 0, bool Mirror = false, double Border = -1);

/// <summary>Trains a <see cref="SmallClassifier"/> by a <see cref="ClassifierRecipe"/>.</summary>
public static class ClassifierTraining
{
    /// <summary>Trains from the start; the caller disposes the network.</summary>
    /// <param name="train">Labelled square images of 28 or 32 pixels.</param>
    /// <param name="recipe">Epochs, step size, seed.</param>
    /// <param name="progress">Told after each epoch: its number from 1, how many there are, and the mean loss in nats.</param>
    /// <param name="cancellation">Ends the training between two steps with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The images have no labels or another size, or the recipe is out of range.</exception>
    public static SmallClassifier Run(ImageSet train, ClassifierRecipe recipe, Action<int, int, double>? progress = null,
        CancellationToken cancellation = default)
    {
        Check(train, recipe);
        RandomState.Seed(recipe.Seed);
        var network = new SmallClassifier((int)train.Labels!.max().item<long>() + 1, train.Channels);
        using var adam = optim.Adam(network.parameters(), recipe.LearningRate);
        using var sampler = new BatchSampler(train.Count, recipe.BatchSize, recipe.Seed);
        var steps = recipe.Epochs * sampler.BatchesPerEpoch;
        var schedule = optim.lr_scheduler.CosineAnnealingLR(adam, steps);
        var moves = new Random(unchecked((int)recipe.Seed));
        network.train();
        for (var epoch = 1; epoch <= recipe.Epochs; epoch++)
        {
            var sum = 0.0;
            for (var i = 0; i < sampler.BatchesPerEpoch; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var indices = sampler.Next();
                var images = Moved(train.Batch(indices), recipe, moves); // (B, C, S, S)
                var loss = nn.functional.cross_entropy(network.call(images), train.Labels.index_select(0, indices));
                adam.zero_grad();
                loss.backward();
                adam.step();
                schedule.step();
                sum += loss.item<float>();
            }

            progress?.Invoke(epoch, recipe.Epochs, sum / sampler.BatchesPerEpoch);
        }

        network.eval();
        return network;
    }

    /// <summary>The share of images whose class the network finds.</summary>
    /// <param name="network">The network; its mode stays as it is.</param>
    /// <param name="images">Labelled images, best ones that it was not trained on.</param>
    /// <returns>In [0, 1].</returns>
    public static double Accuracy(SmallClassifier network, ImageSet images)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var evaluation = new EvaluationMode(network);
        var labels = images.Labels ?? throw new ArgumentException($"The set {images.Name} has no labels.", nameof(images));
        var right = arange(images.Count).split(500).Sum(part =>
        {
            using var inner = NewDisposeScope();
            return (network.call(images.Batch(part)).argmax(1) == labels.index_select(0, part)).sum().item<long>();
        });
        return (double)right / images.Count;
    }

    // One move a batch: images lose rows and columns at the edge and get others.
    private static Tensor Moved(Tensor images, ClassifierRecipe recipe, Random moves)
    {
        var shift = recipe.Shift;
        images = recipe.Mirror ? where(rand(images.shape[0], 1, 1, 1).lt(0.5), images.flip(3), images) : images;
        if (shift == 0)
        {
            return images;
        }

        var (x, y) = (moves.Next(2 * shift + 1), moves.Next(2 * shift + 1));
        var padded = nn.functional.pad(images, [shift, shift, shift, shift], value: recipe.Border);
        return padded.narrow(2, y, images.shape[2]).narrow(3, x, images.shape[3]);
    }

    private static void Check(ImageSet train, ClassifierRecipe recipe)
    {
        ThrowIf(train.Labels is null || train.Height is not (28 or 32) || train.Width != train.Height,
            "The classifier learns from labelled images of 28 x 28 or 32 x 32, not from " +
                $"{train}{(train.Labels is null ? " without labels" : "")}.", nameof(train));
        ThrowIf(recipe.Epochs < 1 || recipe.BatchSize < 2 || recipe.BatchSize > train.Count || !(recipe.LearningRate > 0)
            || recipe.Shift < 0,
            $"The recipe {recipe} is out of range: at least 1 epoch, 2 to {train.Count} images a batch, a learning rate above 0, a shift " +
                "of at least 0.", nameof(recipe));
    }
}

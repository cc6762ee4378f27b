namespace ResearchKit.Metrics.Networks;

/// <summary>How a feature classifier is trained: everything that its weights depend on, besides the machine's last digits.</summary>
/// <param name="Set">The data set, as the catalog names it; its part <c>train</c> trains, its part <c>test</c> gives the held-out
/// accuracy.</param>
/// <param name="Epochs">Passes over the training pictures, at least 1.</param>
/// <param name="BatchSize">Pictures a step, at least 2.</param>
/// <param name="LearningRate">Adam's step size at the start, above 0; falls to 0 along a cosine.</param>
/// <param name="Shift">Each batch is moved by up to so many pixels along each axis while training, at least 0.</param>
/// <param name="Seed">Chooses the initial weights, the order and the moves.</param>
public sealed record ClassifierRecipe(string Set, int Epochs = 20, int BatchSize = 100, double LearningRate = 5e-3, int Shift = 1,
    long Seed = 0);

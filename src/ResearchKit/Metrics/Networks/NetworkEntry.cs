namespace ResearchKit.Metrics.Networks;

/// <summary>One feature network of <c>data/networks.json</c>.</summary>
/// <param name="Name">The name that commands, notebooks and results use.</param>
/// <param name="Title">What it is, in one line.</param>
/// <param name="File">Its weights, a safetensors file beside the catalog.</param>
/// <param name="Sha256">The file's SHA-256, 64 hexadecimal digits in lower case.</param>
/// <param name="Classes">How many classes it tells apart.</param>
/// <param name="Accuracy">The share of held-out pictures whose class it finds, in [0, 1].</param>
/// <param name="Recipe">How it was trained.</param>
public sealed record NetworkEntry(string Name, string Title, string File, string Sha256, int Classes, double Accuracy,
    ClassifierRecipe Recipe);

namespace ResearchKit.Models;

/// <summary>One layer of a <see cref="ModelSummary"/>.</summary>
/// <param name="Name">The layer's path in the network, as in its state-dict keys.</param>
/// <param name="Type">The layer's type, for example <c>Conv2d</c>.</param>
/// <param name="OutputShape">The shape of its output for the summary's input.</param>
/// <param name="Parameters">Trainable numbers in the layer.</param>
public sealed record LayerSummary(string Name, string Type, IReadOnlyList<long> OutputShape, long Parameters);

namespace ResearchKit.Data;

/// <summary>Where a sampler stands: the batch that it will give next.</summary>
/// <param name="Epoch">Epochs finished, from 0.</param>
/// <param name="Batch">Batches given in this epoch, from 0.</param>
public readonly record struct SamplerPosition(long Epoch, long Batch);

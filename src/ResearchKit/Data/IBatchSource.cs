namespace ResearchKit.Data;

/// <summary>An endless, seeded, restorable stream of real batches for a trainer.</summary>
public interface IBatchSource
{
    /// <summary>Samples a batch.</summary>
    int BatchSize { get; }

    /// <summary>Whole batches in an epoch.</summary>
    long BatchesPerEpoch { get; }

    /// <summary>Where the stream stands; setting it makes the same batches come again.</summary>
    SamplerPosition Position { get; set; }

    /// <summary>The next real batch, shape (BatchSize, ...), float32. The caller disposes it.</summary>
    Tensor NextBatch();
}

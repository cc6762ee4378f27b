namespace ResearchKit.Losses;

/// <summary>Where a penalty looks at the slope of the discriminator: its gradient by each sample.</summary>
/// <remarks>A slope for each sample has no meaning where the samples of a batch see each other, as in batch normalisation.</remarks>
[Flags]
public enum SlopeSites
{
    /// <summary>Nowhere: the penalty looks at logits only.</summary>
    None = 0,

    /// <summary>At the real samples.</summary>
    Real = 1,

    /// <summary>At the generated samples.</summary>
    Fake = 2,

    /// <summary>At points between real and generated samples.</summary>
    Between = 4,
}

namespace ResearchKit.Models.Layers;

/// <summary>A part of a generator that can be changed for evaluation.</summary>
internal interface IInferenceForm
{
    /// <summary>Puts its batch normalisations into the layers before them.</summary>
    /// <returns>Whether there was one.</returns>
    bool FoldNormalization() => false;

    /// <summary>Computes transposed convolutions that are slow in another way.</summary>
    /// <returns>Whether there was one.</returns>
    bool MakeDense() => false;
}

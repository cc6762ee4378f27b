namespace ResearchKit.Training;

/// <summary>Where G's gradient by its samples comes from, where it is not simply the slope of the loss through D.</summary>
internal interface ISampleGradient
{
    /// <summary>G's loss, and its gradient by the generated samples. Batches are what D sees of them, both of the same classes.</summary>
    /// <returns>A scalar, and a tensor of the shape of <paramref name="fake"/>. They live in the caller's dispose scope.</returns>
    (Tensor Loss, Tensor Gradient) Of(Tensor real, Tensor fake, Tensor? labels, long step);
}

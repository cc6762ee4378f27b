namespace ResearchKit.Training;

/// <summary>A number of the training became NaN or infinite. On a CPU it is seen in the step itself, and an average that the trainer keeps
/// holds the weights from before the step; on a GPU it is seen when the numbers come, some steps later.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="step">The step, from 1, at which it was seen.</param>
    /// <param name="quantity">What was not finite, for example <c>D's loss on real samples</c>.</param>
    /// <param name="likelyCause">The most likely cause and what to try, as a sentence.</param>
    public TrainingDivergedException(long step, string quantity, string likelyCause)
        : base($"Training stopped at step {step}: {quantity} is not a finite number. {likelyCause}")
    {
        Step = step;
        Quantity = quantity;
    }

    /// <summary>The step, from 1.</summary>
    public long Step { get; }

    /// <summary>What was not finite.</summary>
    public string Quantity { get; }
}

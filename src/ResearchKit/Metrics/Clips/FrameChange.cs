namespace ResearchKit.Metrics.Clips;

/// <summary>How much clips of any kind change from frame to frame.</summary>
public static class FrameChange
{
    /// <summary>The mean absolute difference of each two frames that follow each other.</summary>
    /// <param name="clips">Floats in [-1, 1], shape (N, C, T, H, W), T >= 2.</param>
    /// <returns>Float64, shape (N (T - 1)), from 0 for a frame that stays to 2; on the CPU. The caller disposes it.</returns>
    public static Tensor Of(Tensor clips)
    {
        var frames = clips.shape[2];
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 2);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var change = (clips.narrow(2, 1, frames - 1) - clips.narrow(2, 0, frames - 1)).abs();
        return change.mean([1, 3, 4], type: ScalarType.Float64).flatten().cpu().MoveToOuterDisposeScope();
    }
}

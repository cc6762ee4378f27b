using ResearchKit.Files;

namespace ResearchKit.Metrics.Clips;

/// <summary>Where something bright is in each frame of a clip: the centre of mass of what is above a threshold.</summary>
/// <remarks>A pixel weighs as much as it is brighter than the threshold, so that none enters with a jump. The centres of
/// <see cref="Data.Clips.MovingShapes"/> are found to 0.1 pixels of 32.</remarks>
public static class CentroidTrack
{
    /// <summary>Brightness, from 0 for black to 1, below which a pixel is background.</summary>
    public const double Threshold = 0.1;

    /// <summary>The least weight in sum, in pixels of a frame of 32 x 32 (it grows with the area), with which there is something.
    /// </summary>
    public const double LeastMass = 8;

    /// <summary>Reads the tracks.</summary>
    /// <param name="clips">Floats in [-1, 1], shape (N, C, T, H, W); channels are averaged. Any device.</param>
    /// <returns>(x, y) in pixels from the upper left corner (a pixel's centre is at .5), float64, shape (N, T, 2), on the CPU; NaN in a
    /// frame with nothing in it. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static Tensor Of(Tensor clips)
    {
        if (clips.dim() != 5)
        {
            throw new ArgumentException($"Tracks are read of clips of shape (N, C, T, H, W), not {TensorShape.Show(clips.shape)}.",
                nameof(clips));
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var bright = (clips.to(ScalarType.Float64).mean([1]).cpu() + 1) / 2; // (N, T, H, W)
        var weights = (bright - Threshold).clamp(0); // (N, T, H, W)
        var mass = weights.sum([2, 3]); // (N, T)
        var (height, width) = (clips.shape[3], clips.shape[4]);
        var x = (weights.sum([2]) * (arange(width, ScalarType.Float64) + 0.5)).sum([2]) / mass;
        var y = (weights.sum([3]) * (arange(height, ScalarType.Float64) + 0.5)).sum([2]) / mass;
        var least = LeastMass * height * width / (32.0 * 32.0);
        return stack([x, y], 2).masked_fill((mass < least).unsqueeze(2), double.NaN).MoveToOuterDisposeScope(); // (N, T, 2)
    }

    /// <summary>The steps from each frame to the next.</summary>
    /// <param name="track">What <see cref="Of"/> gives, shape (N, T, 2).</param>
    /// <returns>(dx, dy) in pixels a frame, shape (N, T - 1, 2); NaN beside a frame with nothing in it. The caller disposes it.</returns>
    public static Tensor Steps(Tensor track)
    {
        using var scope = NewDisposeScope();
        var frames = track.shape[1];
        return (track.narrow(1, 1, frames - 1) - track.narrow(1, 0, frames - 1)).MoveToOuterDisposeScope();
    }
}

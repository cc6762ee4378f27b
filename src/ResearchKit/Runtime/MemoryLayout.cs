namespace ResearchKit.Runtime;

/// <summary>How the numbers of images lie in memory.</summary>
internal static class MemoryLayout
{
    /// <summary>The same images with the channels of a pixel side by side, on a CPU (PyTorch's channels_last): convolutions, normalisations
    /// and changes of size keep that order, and are faster in it. Costs nothing where they lie so already. On a GPU they stay as they
    /// are.</summary>
    /// <param name="images">Shape (B, C, H, W).</param>
    /// <returns>The same shape and values, with their graph; may be <paramref name="images"/> itself.</returns>
    public static Tensor ChannelsLast(Tensor images)
    {
        if (images.device_type != DeviceType.CPU)
        {
            return images;
        }

        using var scope = NewDisposeScope();
        return images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope(); // (B, C, H, W)
    }
}

namespace ResearchKit.Models;

/// <summary>How a DCGAN grows from its smallest feature map to the image: one kernel for every doubling.</summary>
/// <param name="SmallestSize">Height and width of the first feature map.</param>
/// <param name="Doublings">Kernel sizes from small to large: 4 doubles the size, 3 doubles it less one.</param>
internal sealed record DcganPlan(int SmallestSize, int[] Doublings)
{
    public static DcganPlan For(int imageSize) => imageSize switch
    {
        28 => new DcganPlan(4, [3, 4, 4]), // 4 -> 7 -> 14 -> 28
        32 => new DcganPlan(4, [4, 4, 4]), // 4 -> 8 -> 16 -> 32
        64 => new DcganPlan(4, [4, 4, 4, 4]), // 4 -> 8 -> 16 -> 32 -> 64
        _ =>
            throw new ArgumentOutOfRangeException(nameof(imageSize), imageSize,
                "A DCGAN here makes images of 28, 32 or 64 pixels; pad or resize the set (ImageSet.PadTo, ImageSet.ResizeTo)."),
    };
}

using ResearchKit.Registers;

namespace ResearchKit.Metrics;

/// <summary>A way to bring images to a network's size. Values of the FID from two of them cannot be compared.</summary>
/// <param name="Name">Its name in options and results.</param>
/// <param name="Paper">Whose it is.</param>
/// <param name="Title">What it does, in one line.</param>
/// <param name="Apply">From float32 images of shape (B, C, H, W), values 0 to 255, to (B, C, size, size), likewise; in the current
/// scope.</param>
public sealed record ImageResizer(string Name, string Paper, string Title, Func<Tensor, int, Tensor> Apply) : INamed;

/// <summary>The resizers by name.</summary>
public static class ImageResizers
{
    /// <summary>Every resizer. An image of the right size stays as it is.</summary>
    public static Register<ImageResizer> All { get; } = new("resizer",
        new("clean", "arXiv:2104.11222", "Pillow's bicubic filter on floats, widened when it shrinks, clipped to 0..255, not " +
            "rounded.", Clean),
        new("legacy_tf", "arXiv:1706.08500", "TensorFlow 1's bilinear interpolation, which takes pixels' corners for their places and " +
            "leaves pixels out when it shrinks: that of the first FID.", LegacyTensorflow),
        new("legacy_pytorch", "github.com/mseitzer/pytorch-fid", "PyTorch's bilinear interpolation, which leaves pixels out when it " +
            "shrinks.", LegacyPytorch));

    private static Tensor Clean(Tensor images, int size)
    {
        // as Pillow: along the rows, then along the columns
        var narrow = nn.functional.interpolate(images, [images.shape[2], size], null, InterpolationMode.Bicubic, false, antialias: true);
        return nn.functional.interpolate(narrow, [size, size], null, InterpolationMode.Bicubic, false, antialias: true).clamp_(0, 255);
    }

    private static Tensor LegacyPytorch(Tensor images, int size) =>
        nn.functional.interpolate(images, [size, size], null, InterpolationMode.Bilinear, false);

    private static Tensor LegacyTensorflow(Tensor images, int size)
    {
        var rows = Along(images, 2, size); // (B, C, size, W)
        return Along(rows, 3, size); // (B, C, size, size)
    }

    // Place i of the result lies at i * (old / new) of the image.
    private static Tensor Along(Tensor images, int dimension, int size)
    {
        var old = images.shape[dimension];
        var places = arange(size, dtype: ScalarType.Float64, device: images.device) * ((double)old / size); // (size)
        var lower = places.floor().clamp_max(old - 1);
        var weight = (places - lower).to(ScalarType.Float32).reshape(dimension == 2 ? [1, 1, size, 1] : [1, 1, 1, size]);
        var first = lower.to(ScalarType.Int64);
        var (a, b) = (images.index_select(dimension, first), images.index_select(dimension, (first + 1).clamp_max(old - 1)));
        return a + ((b - a) * weight);
    }
}

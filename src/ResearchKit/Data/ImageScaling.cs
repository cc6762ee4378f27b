namespace ResearchKit.Data;

/// <summary>Brings an image to the size that <see cref="ImageFolderOptions"/> asks for.</summary>
internal static class ImageScaling
{
    // Kept, because a number that is made in a call may be collected while the call still uses it.
    private static readonly Scalar Black = 0;
    private static readonly Scalar White = 255;

    /// <summary>Scales, cuts and fills.</summary>
    /// <param name="image">uint8, shape (C, H, W).</param>
    /// <param name="size">The side of the square.</param>
    /// <param name="options">Fit, filter and padding.</param>
    /// <returns>uint8, shape (C, size, size); null where the image is too small to be cut.</returns>
    public static Tensor? Apply(Tensor image, int size, ImageFolderOptions options)
    {
        int height = (int)image.shape[1], width = (int)image.shape[2];
        return options.Fit switch
        {
            ImageFit.Squeeze => Resize(image, size, size, options.Filter),
            ImageFit.Crop when height < width => Crop(Resize(image, size, Scaled(width, size, height), options.Filter), size),
            ImageFit.Crop => Crop(Resize(image, Scaled(height, size, width), size, options.Filter), size),
            ImageFit.Pad when height < width => Pad(Resize(image, Scaled(height, size, width), size, options.Filter), size, options),
            ImageFit.Pad => Pad(Resize(image, size, Scaled(width, size, height), options.Filter), size, options),
            _ => Math.Min(height, width) < size ? null : Crop(image, size),
        };
    }

    // As torchvision: the other side is cut to whole pixels, not rounded.
    private static int Scaled(int side, int size, int toBeSize) => (int)Math.Max(1, (long)side * size / toBeSize);

    // As Pillow: along the rows, rounded and clamped to pixels, then along the columns.
    private static Tensor Resize(Tensor image, int height, int width, ResizeFilter filter) =>
        OnePass(OnePass(image, (int)image.shape[1], width, filter), height, width, filter);

    private static Tensor OnePass(Tensor image, int height, int width, ResizeFilter filter)
    {
        if (image.shape[1] == height && image.shape[2] == width)
        {
            return image;
        }

        var mode = filter == ResizeFilter.Bilinear ? InterpolationMode.Bilinear : InterpolationMode.Bicubic;
        var scaled = nn.functional.interpolate(image.unsqueeze(0).to(ScalarType.Float32), size: [height, width], mode: mode,
            align_corners: false, antialias: true); // (1, C, height, width)
        return scaled.round_().clamp_(Black, White).to(ScalarType.Byte).squeeze(0); // (C, height, width)
    }

    private static Tensor Crop(Tensor image, int size)
    {
        var top = (long)Math.Round((image.shape[1] - size) / 2.0); // halves to even, as torchvision
        var left = (long)Math.Round((image.shape[2] - size) / 2.0);
        return image.narrow(1, top, size).narrow(2, left, size);
    }

    private static Tensor Pad(Tensor image, int size, ImageFolderOptions options)
    {
        var (red, green, blue) = options.PadColor;
        var color = options.Channels == 1 ? tensor(new[] { ImageFile.Luma(red, green, blue) }) : tensor(new[] { red, green, blue });
        var square = color.reshape(-1, 1, 1).repeat(1, size, size); // (C, size, size)
        long height = image.shape[1], width = image.shape[2];
        square.narrow(1, (size - height) / 2, height).narrow(2, (size - width) / 2, width).copy_(image);
        return square;
    }
}

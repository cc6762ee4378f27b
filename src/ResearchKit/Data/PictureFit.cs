namespace ResearchKit.Data;

/// <summary>Brings a picture to the size that <see cref="ImageFolderOptions"/> asks for.</summary>
internal static class PictureFit
{
    /// <summary>Scales, cuts and fills.</summary>
    /// <param name="picture">uint8, shape (C, H, W).</param>
    /// <param name="size">The side of the square.</param>
    /// <param name="options">Fit, filter and padding.</param>
    /// <returns>uint8, shape (C, size, size); null where the picture is too small to be cut.</returns>
    public static Tensor? Apply(Tensor picture, int size, ImageFolderOptions options)
    {
        int height = (int)picture.shape[1], width = (int)picture.shape[2];
        return options.Fit switch
        {
            ImageFit.Stretch => Resize(picture, size, size, options.Filter),
            ImageFit.CenterCrop when height < width => Crop(Resize(picture, size, Scaled(width, size, height), options.Filter), size),
            ImageFit.CenterCrop => Crop(Resize(picture, Scaled(height, size, width), size, options.Filter), size),
            ImageFit.Pad when height < width => Pad(Resize(picture, Scaled(height, size, width), size, options.Filter), size, options),
            ImageFit.Pad => Pad(Resize(picture, size, Scaled(width, size, height), options.Filter), size, options),
            _ => Math.Min(height, width) < size ? null : Crop(picture, size),
        };
    }

    // As torchvision: the other side is cut to whole pixels, not rounded.
    private static int Scaled(int side, int size, int toBeSize) => (int)Math.Max(1, (long)side * size / toBeSize);

    private static Tensor Resize(Tensor picture, int height, int width, ResizeFilter filter)
    {
        return OnePass(OnePass(picture, (int)picture.shape[1], width, filter), height, width, filter);
    }

    // As Pillow: along the rows, rounded and clamped to pixels, then along the columns.
    private static Tensor OnePass(Tensor picture, int height, int width, ResizeFilter filter)
    {
        if (picture.shape[1] == height && picture.shape[2] == width)
        {
            return picture;
        }

        var mode = filter == ResizeFilter.Bilinear ? InterpolationMode.Bilinear : InterpolationMode.Bicubic;
        // (1, C, height, width)
        return nn.functional.interpolate(picture.unsqueeze(0).to(ScalarType.Float32), size: [height, width], mode: mode,
            align_corners: false, antialias: true)
            .round_().clamp_(0, 255).to(ScalarType.Byte).squeeze(0);
    }

    private static Tensor Crop(Tensor picture, int size)
    {
        var top = (long)Math.Round((picture.shape[1] - size) / 2.0); // halves to even, as torchvision
        var left = (long)Math.Round((picture.shape[2] - size) / 2.0);
        return picture.narrow(1, top, size).narrow(2, left, size);
    }

    private static Tensor Pad(Tensor picture, int size, ImageFolderOptions options)
    {
        var (red, green, blue) = options.PadColor;
        var color = options.Channels == 1 ? tensor(new[] { PictureFile.Luma(red, green, blue) }) : tensor(new[] { red, green, blue });
        var square = color.reshape(-1, 1, 1).repeat(1, size, size); // (C, size, size)
        long height = picture.shape[1], width = picture.shape[2];
        square.narrow(1, (size - height) / 2, height).narrow(2, (size - width) / 2, width).copy_(picture);
        return square;
    }
}

using System.Buffers;
using ResearchKit.Files;
using ResearchKit.Runtime;
using SkiaSharp;

namespace ResearchKit.Data;

/// <summary>Decodes one image file: PNG, JPEG, WebP, BMP, or frames of a GIF.</summary>
internal static class ImageFile
{
    // A header alone may claim any size; no image that a network sees comes near this one.
    private const long LargestPixels = 100_000_000;

    /// <summary>The most by which a grey pixel's channels differ: JPEG and palettes do not keep them equal.</summary>
    public const byte GreyUpTo = 8;

    private static readonly int[] LumaWeights = [19595, 38470, 7471];

    private static readonly SKEncodedImageFormat[] Formats = [SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg,
        SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif];

    /// <summary>Reads an image's pixels as they are stored: no colour management and no gamma, as Pillow.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Channels, transparency and orientation; the size is not looked at.</param>
    /// <returns>uint8, shape (channels, H, W), for the caller to dispose; and what a user should know of it.</returns>
    /// <exception cref="DataFileException">The file cannot be read, is none of these, is damaged, cut short or absurdly large.</exception>
    /// <exception cref="NativeRuntimeException">SkiaSharp's native library is not there.</exception>
    public static (Tensor Image, ImageTraits Traits) Read(string path, ImageFolderOptions options)
    {
        var (images, traits) = ReadFrames(path, options, 1);
        return (images[0], traits);
    }

    /// <summary>Reads the first frames of an animation; of another image there is one.</summary>
    /// <inheritdoc cref="Read"/>
    /// <param name="path">The file.</param>
    /// <param name="options">As in <see cref="Read"/>.</param>
    /// <param name="most">How many frames are read, where there are so many.</param>
    public static (IReadOnlyList<Tensor> Images, ImageTraits Traits) ReadFrames(string path, ImageFolderOptions options, int most)
    {
        SkiaLibrary.EnsureLoaded();
        using var data = ReadBytes(path);
        using var codec = data is null ? null : SKCodec.Create(data);
        if (codec is null || !Formats.Contains(codec.EncodedFormat))
        {
            throw new DataFileException(path, $"this is no PNG, JPEG, WebP, BMP or GIF image" +
                $"{(codec is null ? "" : $" but {codec.EncodedFormat}")}, or its header is damaged; convert it, get it again, or take it " +
                $"out of the folder.");
        }

        int width = codec.Info.Width, height = codec.Info.Height;
        if ((long)width * height > LargestPixels)
        {
            throw new DataFileException(path, $"the header claims {width} x {height} pixels, more than the {LargestPixels / 1_000_000} " +
                $"million that are read; shrink the image or take it out of the folder.");
        }

        var traits = (codec.EncodedFormat == SKEncodedImageFormat.Png && HasSixteenBits(data!) ? ImageTraits.SixteenBits : 0)
            | (codec.EncodedOrigin is not SKEncodedOrigin.TopLeft ? ImageTraits.Turned : 0)
            | (codec.FrameCount > 1 ? ImageTraits.Animated : 0);
        var pixels = ArrayPool<byte>.Shared.Rent(width * height * 4); // large: a training beside it must not wait for their collection
        try
        {
            var layout = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null);
            var images = new List<Tensor>();
            for (var frame = 0; frame < Math.Clamp(codec.FrameCount, 1, most); frame++)
            {
                var result = codec.EncodedFormat == SKEncodedImageFormat.Jpeg && !HasEnd(data!.AsSpan()) ? SKCodecResult.IncompleteInput
                    : Decode(codec, layout, pixels, frame);
                if (result != SKCodecResult.Success)
                {
                    images.ForEach(i => i.Dispose());
                    throw new DataFileException(path, $"the image of {width} x {height} pixels is damaged or cut short ({result}); get " +
                        $"it again or take it out of the folder.");
                }

                var image = Planes(pixels, width, height, options, ref traits);
                images.Add(options.Orientation == ImageOrientation.Exif ? Upright(image, codec.EncodedOrigin) : image);
            }

            return (images, traits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>ITU-R 601-2 luma in the 16-bit fixed point of Pillow's <c>convert("L")</c>.</summary>
    public static byte Luma(byte red, byte green, byte blue) =>
        (byte)((red * LumaWeights[0] + green * LumaWeights[1] + blue * LumaWeights[2] + 0x8000) >> 16);

    /// <summary>The same for many: uint8, shape (N, 3, H, W), becomes (N, 1, H, W). The caller disposes it.</summary>
    public static Tensor Luma(Tensor images)
    {
        using var scope = NewDisposeScope();
        var weights = tensor(LumaWeights, ScalarType.Int32).to(images.device).reshape(1, 3, 1, 1);
        var parts = images.split(1024).Select(part =>
            ((part.to(ScalarType.Int32) * weights).sum(1, keepdim: true, type: ScalarType.Int32) + 0x8000)
                .bitwise_right_shift(tensor(16)).to(ScalarType.Byte));
        return cat([.. parts]).MoveToOuterDisposeScope(); // (N, 1, H, W)
    }

    private static SKData? ReadBytes(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return SKData.Create(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, $"the file cannot be read ({e.Message}); make it readable or take it out of the folder.", e);
        }
    }

    private static unsafe SKCodecResult Decode(SKCodec codec, SKImageInfo info, byte[] pixels, int frame)
    {
        fixed (byte* at = pixels)
        {
            return frame == 0 ? codec.GetPixels(info, (nint)at) : codec.GetPixels(info, (nint)at, new SKCodecOptions(frame));
        }
    }

    // The header of a PNG file: signature, length and name of the first chunk, width, height, and then the bits of a channel.
    private static bool HasSixteenBits(SKData data) => data.Size > 24 && data.AsSpan()[24] == 16;

    // Whether a JPEG's last scan is followed by the mark of the end: Skia takes a progressive one that lacks scans for a whole image.
    private static bool HasEnd(ReadOnlySpan<byte> data)
    {
        const int EndOfImage = 0xD9;
        for (var at = 2; at < data.Length;)
        {
            var next = data[at..].IndexOf((byte)0xFF); // after a scan's header its data are searched for the next mark
            at += next + 1;
            if (next < 0 || at >= data.Length || data[at] == EndOfImage)
            {
                return next >= 0 && at < data.Length;
            }

            var isAlone = data[at] is 0 or 1 or (>= 0xD0 and <= 0xD7); // stuffing or a restart: no length follows
            at += data[at] == 0xFF ? 0 : isAlone ? 1 : at + 2 < data.Length ? 1 + (data[at + 1] << 8 | data[at + 2]) : data.Length;
        }

        return false;
    }

    // As EXIF says that the stored rows and columns are to be shown.
    private static Tensor Upright(Tensor image, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft)
        {
            return image;
        }

        using var stored = image;
        using var turned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom
            or SKEncodedOrigin.LeftBottom ? stored.transpose(1, 2) : stored.alias(); // rows are columns
        long[] mirrored = origin switch
        {
            SKEncodedOrigin.TopRight or SKEncodedOrigin.RightTop => [2],
            SKEncodedOrigin.BottomRight or SKEncodedOrigin.RightBottom => [1, 2],
            SKEncodedOrigin.BottomLeft or SKEncodedOrigin.LeftBottom => [1],
            _ => [],
        };
        return mirrored.Length == 0 ? turned.contiguous() : turned.flip(mirrored);
    }

    private static Tensor Planes(byte[] rgba, int width, int height, ImageFolderOptions options, ref ImageTraits traits)
    {
        var count = width * height;
        var (channels, alpha) = (options.Channels, options.Alpha);
        var image = empty([channels, height, width], ScalarType.Byte);
        var planes = image.bytes;
        var (isColour, isTransparent) = (false, false);
        for (var i = 0; i < count; i++)
        {
            byte red = rgba[4 * i], green = rgba[4 * i + 1], blue = rgba[4 * i + 2], opacity = rgba[4 * i + 3];
            isColour |= Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue)) > GreyUpTo;
            isTransparent |= opacity != 255;
            if (alpha == AlphaHandling.OnWhite && opacity != 255)
            {
                (red, green, blue) = (OnWhite(red, opacity), OnWhite(green, opacity), OnWhite(blue, opacity));
            }

            if (channels == 1)
            {
                planes[i] = Luma(red, green, blue);
            }
            else
            {
                (planes[i], planes[count + i], planes[2 * count + i]) = (red, green, blue);
            }
        }

        traits |= (isColour ? ImageTraits.Colour : 0) | (isTransparent ? ImageTraits.Transparent : 0);
        return image;
    }

    // opacity * value + (1 - opacity) * 255, rounded; 255 is odd, so no half ever stands between.
    private static byte OnWhite(byte value, byte opacity) => (byte)((value * opacity + 255 * (255 - opacity) + 127) / 255);
}

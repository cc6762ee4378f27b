using System.Buffers;
using ResearchKit.Files;
using ResearchKit.Runtime;
using SkiaSharp;

namespace ResearchKit.Data;

/// <summary>Decodes one PNG or JPEG file.</summary>
internal static class ImageFile
{
    // A header alone may claim any size; no image that a network sees comes near this one.
    private const long LargestPixels = 100_000_000;

    private static readonly int[] LumaWeights = [19595, 38470, 7471];

    /// <summary>Reads an image's pixels as they are stored: no colour management, no gamma, no rotation by EXIF, as Pillow.</summary>
    /// <returns>uint8, shape (channels, H, W). The caller disposes it.</returns>
    /// <exception cref="DataFileException">The file cannot be read, is no PNG or JPEG, is damaged, cut short or absurdly large.</exception>
    /// <exception cref="NativeRuntimeException">SkiaSharp's native library is not there.</exception>
    public static Tensor Read(string path, int channels, AlphaHandling alpha)
    {
        SkiaLibrary.EnsureLoaded();
        using var data = ReadBytes(path);
        using var codec = data is null ? null : SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat is not (SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg))
        {
            throw new DataFileException(path, $"this is no PNG or JPEG image{(codec is null ? "" : $" but {codec.EncodedFormat}")}, " +
                $"or its header is damaged; convert it, get it again, or take it out of the folder.");
        }

        int width = codec.Info.Width, height = codec.Info.Height;
        if ((long)width * height > LargestPixels)
        {
            throw new DataFileException(path, $"the header claims {width} x {height} pixels, more than the {LargestPixels / 1_000_000} " +
                $"million that are read; shrink the image or take it out of the folder.");
        }

        var pixels = ArrayPool<byte>.Shared.Rent(width * height * 4); // large: a training beside it must not wait for their collection
        try
        {
            var layout = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null);
            var result = Decode(codec, layout, pixels);
            return result == SKCodecResult.Success
                ? Planes(pixels, width, height, channels, alpha)
                : throw new DataFileException(path, $"the image of {width} x {height} pixels is damaged or cut short ({result}); get it " +
                    $"again or take it out of the folder.");
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

    private static unsafe SKCodecResult Decode(SKCodec codec, SKImageInfo info, byte[] pixels)
    {
        fixed (byte* at = pixels)
        {
            return codec.GetPixels(info, (nint)at);
        }
    }

    private static Tensor Planes(byte[] rgba, int width, int height, int channels, AlphaHandling alpha)
    {
        var count = width * height;
        var image = empty([channels, height, width], ScalarType.Byte);
        var planes = image.bytes;
        for (var i = 0; i < count; i++)
        {
            byte red = rgba[4 * i], green = rgba[4 * i + 1], blue = rgba[4 * i + 2], opacity = rgba[4 * i + 3];
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

        return image;
    }

    // opacity * value + (1 - opacity) * 255, rounded; 255 is odd, so no half ever stands between.
    private static byte OnWhite(byte value, byte opacity) => (byte)((value * opacity + 255 * (255 - opacity) + 127) / 255);
}

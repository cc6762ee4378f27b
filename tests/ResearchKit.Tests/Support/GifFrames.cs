using ResearchKit.Runtime;
using SkiaSharp;

namespace ResearchKit.Support;

/// <summary>Decodes a GIF with SkiaSharp, a reader that shares no code with the kit's writer.</summary>
internal static class GifFrames
{
    /// <summary>Each frame as interleaved RGB, with its duration in milliseconds.</summary>
    public static unsafe List<(byte[] Pixels, int Milliseconds)> Decode(byte[] gif, out int width, out int height, out int repetitions)
    {
        SkiaLibrary.EnsureLoaded();
        using var data = SKData.CreateCopy(gif);
        using var codec = SKCodec.Create(data);
        (width, height, repetitions) = (codec.Info.Width, codec.Info.Height, codec.RepetitionCount);
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var frames = new List<(byte[], int)>();
        for (var i = 0; i < codec.FrameCount; i++)
        {
            var pixels = new byte[info.BytesSize];
            fixed (byte* at = pixels)
            {
                Assert.Equal(SKCodecResult.Success, codec.GetPixels(info, (nint)at, new SKCodecOptions(i)));
            }

            frames.Add((pixels.Where((_, n) => n % 4 != 3).ToArray(), codec.FrameInfo[i].Duration));
        }

        return frames;
    }
}

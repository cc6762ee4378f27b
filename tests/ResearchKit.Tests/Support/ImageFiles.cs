using ResearchKit.Imaging;
using static TorchSharp.torch;

namespace ResearchKit.Support;

/// <summary>Makes folders of images.</summary>
internal static class ImageFiles
{
    /// <summary>Writes a PNG of one colour, with a few pixels of others that tell it from its neighbours.</summary>
    public static void Put(this TemporaryFolder folder, string name, byte value, int width = 8, int height = 8, int channels = 3)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        var pixels = Enumerable.Repeat(value, width * height * channels).ToArray();
        new Random(name.Length * 1000 + value).NextBytes(pixels.AsSpan(0, Math.Min(9, pixels.Length)));
        File.WriteAllBytes(folder[name], PngFile.Encode(pixels, width, height, channels));
    }

    /// <summary>Writes some into a folder: 000.png, 001.png, ..., each brighter than the one before.</summary>
    public static void PutMany(this TemporaryFolder folder, string name, int count, int from = 0, int width = 8, int height = 8)
    {
        for (var i = 0; i < count; i++)
        {
            folder.Put($"{name}/{i:000}.png", (byte)(from + i), width, height);
        }
    }

    /// <summary>The numbers of a tensor.</summary>
    public static float[] Floats(this Tensor tensor) => tensor.cpu().to(ScalarType.Float32).data<float>().ToArray();
}

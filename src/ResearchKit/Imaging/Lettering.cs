using ResearchKit.Runtime;
using SkiaSharp;

namespace ResearchKit.Imaging;

/// <summary>Words in an image, in letters of 8 x 16 pixels that are the same on every machine (<c>tests/peers/letters.py</c> made them).
/// A letter that there is not is drawn as a question mark.</summary>
internal static class Lettering
{
    /// <summary>The height of a line in pixels.</summary>
    public const int Height = 16;

    private const int LetterWidth = 8;

    /// <summary>The letters that there are, in the order of the strip.</summary>
    internal static readonly string Letters =
        string.Concat(Enumerable.Range(' ', 95).Select(c => (char)c)) + "αβγδελμσ²°×·−≤≥≈→←↑↓…–’é";

    private static readonly Lazy<byte[]> Strip = new(ReadStrip);

    /// <summary>How wide some words are, in pixels.</summary>
    public static int Width(string words) => LetterWidth * words.Length;

    /// <summary>Draws words into a block of pixels that is wide and high enough.</summary>
    /// <param name="pixels">Row by row from the top, channels interleaved.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="left">Where the words begin.</param>
    /// <param name="top">The top of their line.</param>
    /// <param name="words">The words.</param>
    public static void Draw(byte[] pixels, int width, int channels, int left, int top, string words)
    {
        foreach (var (place, letter) in words.Index())
        {
            var glyph = Letters.IndexOf(letter) is >= 0 and var found ? found : Letters.IndexOf('?');
            for (var y = 0; y < Height; y++)
            {
                var from = Strip.Value.AsSpan((y * Letters.Length + glyph) * LetterWidth, LetterWidth);
                for (var x = 0; x < LetterWidth; x++)
                {
                    pixels.AsSpan(((top + y) * width + left + place * LetterWidth + x) * channels, channels).Fill(from[x]);
                }
            }
        }
    }

    private static byte[] ReadStrip()
    {
        SkiaLibrary.EnsureLoaded();
        using var stream = typeof(Lettering).Assembly.GetManifestResourceStream("letters.png")!;
        using var image = SKBitmap.Decode(stream);
        return [.. image.Pixels.Select(p => p.Red)];
    }
}

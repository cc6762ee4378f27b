namespace ResearchKit.Imaging;

/// <summary>The colours of an animation, at most 256, and which of them a pixel is.</summary>
internal sealed class GifPalette
{
    private const int Largest = 256;

    private readonly int _channels;
    private readonly List<int> _colors; // 0xRRGGBB
    private readonly Dictionary<int, byte> _indices = [];

    private GifPalette(int channels, List<int> colors)
    {
        _channels = channels;
        _colors = colors;
        for (var i = 0; i < colors.Count; i++)
        {
            _indices[colors[i]] = (byte)i;
        }
    }

    /// <summary>How many colours it has.</summary>
    public int Count => _colors.Count;

    /// <summary>The frames' own colours in ascending order where they are few enough, else those of <see cref="ColorCut"/>.</summary>
    public static GifPalette Of(IReadOnlyList<byte[]> frames, int channels)
    {
        var counts = new Dictionary<int, int>();
        foreach (var frame in frames)
        {
            for (var at = 0; at < frame.Length; at += channels)
            {
                var color = Color(frame, at, channels);
                counts[color] = counts.GetValueOrDefault(color) + 1;
            }
        }

        return new GifPalette(channels, [.. (counts.Count <= Largest ? counts.Keys : ColorCut.Colors(counts, Largest)).Order()]);
    }

    /// <summary>The colour table, filled up with black.</summary>
    public byte[] Table(int entries)
    {
        var table = new byte[3 * entries];
        for (var i = 0; i < _colors.Count; i++)
        {
            (table[3 * i], table[3 * i + 1], table[3 * i + 2]) = ((byte)(_colors[i] >> 16), (byte)(_colors[i] >> 8), (byte)_colors[i]);
        }

        return table;
    }

    /// <summary>Each pixel's nearest colour (squared distance in RGB).</summary>
    public byte[] Indices(byte[] frame)
    {
        var indices = new byte[frame.Length / _channels];
        for (var i = 0; i < indices.Length; i++)
        {
            var color = Color(frame, i * _channels, _channels);
            if (!_indices.TryGetValue(color, out indices[i]))
            {
                _indices[color] = indices[i] = Nearest(color);
            }
        }

        return indices;
    }

    private static int Color(byte[] pixels, int at, int channels) =>
        channels == 1 ? pixels[at] * 0x010101 : pixels[at] << 16 | pixels[at + 1] << 8 | pixels[at + 2];

    private byte Nearest(int color)
    {
        int best = 0, least = int.MaxValue;
        for (var i = 0; i < _colors.Count && least > 0; i++)
        {
            int red = (color >> 16) - (_colors[i] >> 16), green = (color >> 8 & 255) - (_colors[i] >> 8 & 255),
                blue = (color & 255) - (_colors[i] & 255);
            var distance = red * red + green * green + blue * blue;
            (best, least) = distance < least ? (i, distance) : (best, least);
        }

        return (byte)best;
    }
}

namespace ResearchKit.Training.Augmentation;

/// <summary>An affine map of colours that keeps the grey axis: it scales and moves the grey part of a colour (its channels' mean), and
/// scales and turns the rest.</summary>
internal readonly record struct ColorMap(double GreyGain, double Offset, double ChromaGain, double Hue)
{
    public static ColorMap Identity { get; } = new(1, 0, 1, 0);

    /// <summary>The 3 x 3 matrix that it multiplies (red, green, blue) by, row by row; the offset is added to all three.</summary>
    public double[] Matrix()
    {
        // A turn about the grey axis treats the channels alike, so each row is the one above, moved by one.
        var grey = GreyGain / 3;
        var (along, across) = (ChromaGain * Math.Cos(Hue) / 3, ChromaGain * Math.Sin(Hue) / Math.Sqrt(3));
        var (self, next, last) = (grey + (2 * along), grey - along - across, grey - along + across);
        return [self, next, last, last, self, next, next, last, self];
    }
}

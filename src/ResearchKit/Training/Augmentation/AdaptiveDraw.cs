namespace ResearchKit.Training.Augmentation;

/// <summary>Draws what <see cref="AdaptiveAugmentation"/> does to each image of a batch.</summary>
/// <remarks>The amounts are those of arXiv:2006.06676, appendix B, and its authors' code. Every image takes as many numbers from the
/// stream, whatever happens to it.</remarks>
internal sealed class AdaptiveDraw
{
    private const int Uniforms = 21;
    private const int Normals = 7;

    private readonly AdaptiveTransforms _transforms;
    private readonly double _p;
    private readonly double[] _uniform;
    private readonly double[] _normal;
    private int _nextUniform;
    private int _nextNormal;

    public AdaptiveDraw(long images, AdaptiveTransforms transforms, double p, Generator random)
    {
        (_transforms, _p) = (transforms, p);
        using var uniform = rand(images, Uniforms, dtype: ScalarType.Float64, generator: random);
        using var normal = randn(images, Normals, dtype: ScalarType.Float64, generator: random);
        (_uniform, _normal) = (uniform.data<double>().ToArray(), normal.data<double>().ToArray());
    }

    /// <summary>The next image, of this size: where each of its pixels comes from, and what becomes of its colours.</summary>
    public (PlaneMap Geometry, ColorMap Color) Next(long width, long height) => (Geometry(width, height), Color());

    private PlaneMap Geometry(long width, long height)
    {
        // The image is flipped first, and so on; the map leads from the new pixel to the old one, so what is done last comes first in it.
        var turn = 1 - Math.Sqrt(1 - _p); // one of two turns then happens with probability p
        var flip = Uniform(AdaptiveTransforms.Flip, _p, none: 0) < 0.5 ? 1 : -1;
        var quarters = (int)(4 * Uniform(AdaptiveTransforms.QuarterTurn, _p, none: 0));
        var (wholeX, wholeY) = Pair(AdaptiveTransforms.WholeShift, _uniform, ref _nextUniform, none: 0.5);
        var scale = Power(0.2 * Normal(AdaptiveTransforms.Scale));
        var before = Angle(Uniform(AdaptiveTransforms.Turn, turn, none: 0.5));
        var stretch = Power(0.2 * Normal(AdaptiveTransforms.Stretch));
        var after = Angle(Uniform(AdaptiveTransforms.Turn, turn, none: 0.5));
        var (shiftX, shiftY) = Pair(AdaptiveTransforms.Shift, _normal, ref _nextNormal, none: 0);
        return PlaneMap.Scaling(flip, 1)
            * PlaneMap.QuarterTurns(quarters)
            * PlaneMap.Translation(-Math.Round(Eighth(wholeX) * width), -Math.Round(Eighth(wholeY) * height))
            * PlaneMap.Scaling(1 / scale, 1 / scale)
            * PlaneMap.Rotation(before)
            * PlaneMap.Scaling(1 / stretch, stretch)
            * PlaneMap.Rotation(after)
            * PlaneMap.Translation(-shiftX * width / 8, -shiftY * height / 8);
    }

    private ColorMap Color()
    {
        var brightness = 0.2 * Normal(AdaptiveTransforms.Brightness);
        var contrast = Power(0.5 * Normal(AdaptiveTransforms.Contrast));
        var sign = Uniform(AdaptiveTransforms.LumaFlip, _p, none: 0) < 0.5 ? 1 : -1;
        var hue = Angle(Uniform(AdaptiveTransforms.Hue, _p, none: 0.5));
        var saturation = Power(Normal(AdaptiveTransforms.Saturation));
        return new ColorMap(sign * contrast, sign * contrast * brightness, contrast * saturation, hue);
    }

    private static double Angle(double uniform) => ((2 * uniform) - 1) * Math.PI;

    private static double Eighth(double uniform) => ((2 * uniform) - 1) / 8;

    private static double Power(double exponent) => Math.Pow(2, exponent);

    private bool Happens(AdaptiveTransforms transform, double p) => _uniform[_nextUniform++] < p && _transforms.HasFlag(transform);

    // Each takes its numbers from the stream even where nothing happens, and then gives the number that changes nothing.
    private double Uniform(AdaptiveTransforms transform, double p, double none)
    {
        var happens = Happens(transform, p);
        var value = _uniform[_nextUniform++];
        return happens ? value : none;
    }

    private double Normal(AdaptiveTransforms transform)
    {
        var value = _normal[_nextNormal++];
        return Happens(transform, _p) ? value : 0;
    }

    private (double X, double Y) Pair(AdaptiveTransforms transform, double[] numbers, ref int next, double none)
    {
        var happens = Happens(transform, _p);
        var (x, y) = (numbers[next++], numbers[next++]);
        return happens ? (x, y) : (none, none);
    }
}

/// <summary>An affine map of the plane, (x, y) to (A x + B y + X, C x + D y + Y): where a new image's pixel comes from.</summary>
internal readonly record struct PlaneMap(double A, double B, double X, double C, double D, double Y)
{
    public static PlaneMap Identity { get; } = Scaling(1, 1);

    public static PlaneMap Scaling(double x, double y) => new(x, 0, 0, 0, y, 0);

    public static PlaneMap Translation(double x, double y) => new(1, 0, x, 0, 1, y);

    public static PlaneMap Rotation(double angle) => Rotation(Math.Cos(angle), Math.Sin(angle));

    /// <summary>A turn by 90 degrees, <paramref name="turns"/> times; exact, so that it moves whole pixels.</summary>
    public static PlaneMap QuarterTurns(int turns) => turns switch
    {
        0 => Identity,
        1 => Rotation(0, 1),
        2 => Rotation(-1, 0),
        _ => Rotation(0, -1),
    };

    /// <summary>The map that does <paramref name="right"/> first.</summary>
    public static PlaneMap operator *(PlaneMap left, PlaneMap right) => new(
        (left.A * right.A) + (left.B * right.C), (left.A * right.B) + (left.B * right.D), (left.A * right.X) + (left.B * right.Y) + left.X,
        (left.C * right.A) + (left.D * right.C), (left.C * right.B) + (left.D * right.D), (left.C * right.X) + (left.D * right.Y) + left.Y);

    /// <summary>Its 2 x 3 matrix, row by row.</summary>
    public double[] Matrix() => [A, B, X, C, D, Y];

    private static PlaneMap Rotation(double cos, double sin) => new(cos, -sin, 0, sin, cos, 0);
}

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

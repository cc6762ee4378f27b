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

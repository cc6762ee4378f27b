namespace ResearchKit.Data;

/// <summary>How pixels are weighed when a picture is scaled, as Pillow's <c>resize</c> does it.</summary>
/// <remarks>
/// torch's <c>interpolate(antialias=True)</c>, which widens the filter with the scale when shrinking; along the rows first, rounded to
/// pixels, then along
/// the columns. Within one level of Pillow's bytes.
/// </remarks>
public enum ResizeFilter
{
    /// <summary>A triangle, Pillow's <c>BILINEAR</c>.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = -0.5, Pillow's <c>BICUBIC</c>; sharper, may overshoot and is then clamped.</summary>
    Bicubic,
}

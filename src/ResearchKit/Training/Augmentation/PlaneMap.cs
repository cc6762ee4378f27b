namespace ResearchKit.Training.Augmentation;

/// <summary>An affine map of the plane, (x, y) to (A x + B y + X, C x + D y + Y): where a pixel of the new image comes from in the old
/// one.</summary>
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

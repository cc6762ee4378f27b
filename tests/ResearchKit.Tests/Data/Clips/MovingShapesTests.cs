using ResearchKit.Data.Clips;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data.Clips;

public class MovingShapesTests
{
    [Fact]
    public void Clips_follow_their_seed_and_what_moves_in_them_is_told()
    {
        using var scope = NewDisposeScope();
        var (set, tracks) = MovingShapes.Draw(200, 6, 32, seed: 3);
        Assert.Equal([200, 1, 6, 32, 32], set.Clips.shape);
        Assert.Equal("moving-shapes: 200 clips of 6 frames, 1 x 32 x 32", set.ToString());
        Assert.Equal([200, 6, 2], tracks.Centres.shape);
        Assert.Equal([0L, 1, 2, 3], Values(tracks.Shapes).Distinct().Order());
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), Values(tracks.Directions).Distinct().Order());
        Assert.InRange(tracks.Speeds.min().item<double>(), 0.5, 0.55);
        Assert.InRange(tracks.Speeds.max().item<double>(), 1.95, 2);
        Assert.InRange(tracks.Centres.min().item<double>(), 6.5, 7);
        Assert.InRange(tracks.Centres.max().item<double>(), 25, 25.5);
        Assert.Equal(set.Fingerprint(), MovingShapes.Draw(200, 6, 32, seed: 3).Set.Fingerprint());
        Assert.NotEqual(set.Fingerprint(), MovingShapes.Draw(200, 6, 32, seed: 4).Set.Fingerprint());

        static long[] Values(Tensor tensor) => tensor.data<long>().ToArray();
    }

    [Fact]
    public void Steps_have_the_speed_and_the_direction_that_are_told_where_nothing_bounces()
    {
        using var scope = NewDisposeScope();
        var (_, tracks) = MovingShapes.Draw(100, 30, 64, seed: 1);
        var centres = tracks.Centres.data<double>().ToArray();
        var (speeds, directions) = (tracks.Speeds.data<double>().ToArray(), tracks.Directions.data<long>().ToArray());
        var bounces = 0;
        for (var i = 0; i < 100; i++)
        {
            var angle = directions[i] * Math.PI / 4;
            double[] step = [speeds[i] * Math.Cos(angle), speeds[i] * Math.Sin(angle)];
            for (var axis = 0; axis < 2; axis++)
            {
                // the direction of an axis turns at 13 and at 51, and nowhere else
                var (at, sign) = (centres[(i * 60) + axis], 1);
                for (var t = 1; t < 30; t++)
                {
                    at += sign * step[axis];
                    if (at is < 13 or > 51)
                    {
                        (at, sign, bounces) = (at < 13 ? 26 - at : 102 - at, -sign, bounces + 1);
                    }

                    Assert.Equal(at, centres[(i * 60) + (2 * t) + axis], 1e-9);
                }
            }
        }

        Assert.InRange(bounces, 50, 300);
    }

    [Fact]
    public void Every_shape_has_the_same_area_around_its_centre_and_is_another()
    {
        using var scope = NewDisposeScope();
        foreach (var size in (int[])[32, 64])
        {
            var unit = size / 32.0;
            var centre = tensor((double[])[15.3 * unit, 16.8 * unit]).unsqueeze(0);
            var images = Enumerable.Range(0, 4).Select(s => MovingShapes.Render(s, centre, size)).ToList();
            foreach (var image in images)
            {
                Assert.InRange(image.sum().item<float>(), 48 * unit * unit, 50.5 * unit * unit); // the corners are soft
                Assert.InRange(image.min().item<float>(), 0, 0);
                Assert.InRange(image.max().item<float>(), 1, 1);
            }

            Assert.All(Enumerable.Range(0, 4).SelectMany(a => Enumerable.Range(a + 1, 3 - a), (a, b) => (a, b)), pair =>
                Assert.True((images[pair.a] - images[pair.b]).abs().sum().item<float>() > 6 * unit * unit));
        }

        // a disc of radius sqrt(49 / pi) and a square of side 7, by hand
        var middle = tensor((double[])[16, 16]).unsqueeze(0);
        var square = MovingShapes.Render(1, middle, 32)[0, 0, 16];
        Assert.Equal([0, 0.5f, 1, 1, 1, 1, 1, 1, 0.5f, 0], square.narrow(0, 11, 10).Floats(), (a, b) => Math.Abs(a - b) < 1e-5);
        var disc = MovingShapes.Render(0, middle, 32)[0, 0, 15];
        Assert.Equal(Math.Sqrt(49 / Math.PI) + 0.5 - Math.Sqrt((3.5 * 3.5) + 0.25), disc[12].item<float>(), 1e-5);
    }

    [Fact]
    public void Impossible_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MovingShapes.Draw(0, 16, 32, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MovingShapes.Draw(1, 0, 32, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MovingShapes.Draw(1, 16, 15, 0));
        using var centre = zeros(1, 2, ScalarType.Float64);
        Assert.Throws<ArgumentOutOfRangeException>(() => MovingShapes.Render(4, centre, 32));
        using var numbers = zeros([2, 1, 3, 4, 4]);
        Assert.Contains("Clips must be uint8 of shape (N, C, T, H, W)", Assert.Throws<ArgumentException>(() => new ClipSet("x", numbers))
            .Message, StringComparison.Ordinal);
    }
}

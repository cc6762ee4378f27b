using ResearchKit.Data.Clips;
using ResearchKit.Metrics.Clips;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Metrics.Clips;

/// <summary>What is read off clips against clips made by hand.</summary>
public class ClipReaderTests
{
    [Fact]
    public void Tracks_shapes_and_speeds_are_those_that_were_drawn()
    {
        using var scope = NewDisposeScope();
        foreach (var size in (int[])[32, 64])
        {
            var (set, tracks) = MovingShapes.Draw(100, 8, size, seed: 2);
            var clips = set.First(100);
            var track = CentroidTrack.Of(clips);
            Assert.InRange((track - tracks.Centres).abs().max().item<double>(), 0, 0.11 * size / 32);
            var (shapes, errors) = ShapeMatch.Of(clips, track);
            Assert.True(shapes.equal(tracks.Shapes.unsqueeze(1)).all().item<bool>());
            Assert.InRange(errors.max().item<double>(), 0, 0.04);
            var read = TrackReading.Of(clips);
            Assert.Equal((100, 0, 0, 1), (read.Count, read.Frozen, read.Lost, read.Constancy));
            Assert.Equal(700, read.Speeds.Count);
            Assert.Equal((0, 0, 0), (read.SpeedDistance(read), read.DirectionDistance(read), read.Teleports(read)));
            var bounced = Enumerable.Range(0, 100).Count(i => read.Modes[i] !=
                (tracks.Shapes[i].item<long>() * 8) + tracks.Directions[i].item<long>());
            Assert.InRange(bounced, 0, 25); // those that bounce early go most steps in another direction
        }
    }

    [Fact]
    public void Clips_by_hand_have_the_values_that_they_must()
    {
        using var scope = NewDisposeScope();
        var right = Clip(t => (1, 8 + t, 16)); // a square, one pixel a frame
        var still = Clip(_ => (0, 16, 16));
        var jumps = Clip(t => (2, t == 3 ? 24 : 8, 16)); // 16 pixels there and back
        var flickers = Clip(t => (t % 4, 10, 8 + (2 * t))); // downwards, another shape in each frame
        var read = TrackReading.Of(cat([right, still, jumps, flickers]));
        Assert.Equal((4, 0.25, 0), (read.Count, read.Frozen, read.Lost));
        Assert.Equal((1 + 1 + 1 + 0.25) / 4, read.Constancy, 1e-9);
        Assert.Equal([(1 * 8) + 0, -1, (2 * 8) + 0, 2], read.Modes);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1], read.Speeds.Take(7), (a, b) => Math.Abs(a - b) < 0.1);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 16], read.Speeds.Skip(7).Take(11), (a, b) => Math.Abs(a - b) < 0.1);
        var real = TrackReading.Of(right);
        Assert.Equal(2.0 / 28, read.Teleports(TrackReading.Of(cat([right, flickers]))), 1e-9);
        Assert.Equal(((7 * 1) + (5 * 1) + (2 * 15) + (7 * 1)) / 28.0, read.SpeedDistance(real), 0.05);
        Assert.Equal(((180 * 1) + (90 * 7)) / 16.0, read.DirectionDistance(real), 1); // 7 + 2 + 7 steps move
        Assert.Equal(3, read.ModesReached(1));

        // nothing in a frame: it is lost, and so are the two steps beside it
        var gone = right.clone();
        gone[0, 0, 4] = -1;
        read = TrackReading.Of(gone);
        Assert.Equal((1 / 8.0, 7 / 8.0, 5), (read.Lost, read.Constancy, read.Speeds.Count));
        var nothing = TrackReading.Of(full([2, 1, 8, 32, 32], -1.0f));
        Assert.Equal((1, 1, 0, 1), (nothing.Frozen, nothing.Lost, nothing.Constancy, nothing.ShapeError));
        Assert.True(double.IsNaN(nothing.SpeedDistance(real)) && double.IsNaN(nothing.DirectionDistance(real))
            && double.IsNaN(nothing.Teleports(real)));
        Assert.Equal(0, nothing.ModesReached());
    }

    [Fact]
    public void A_wrong_shape_has_the_error_of_its_difference_and_noise_is_no_shape()
    {
        using var scope = NewDisposeScope();
        var middle = tensor((double[])[16, 16]).unsqueeze(0);
        var grey = (MovingShapes.Render(1, middle, 32) * 0.75).unsqueeze(2).repeat(1, 1, 2, 1, 1);
        var (shapes, errors) = ShapeMatch.Of((grey * 2) - 1, CentroidTrack.Of((grey * 2) - 1));
        Assert.Equal([1, 1], shapes.data<long>().ToArray());
        Assert.Equal(0.25 * 50 / 98, errors[0, 0].item<double>(), 1e-4); // a quarter of the light is missing, of twice the area
        manual_seed(1);
        var noise = TrackReading.Of(rand([3, 1, 8, 32, 32]) * 2 - 1);
        Assert.All(noise.Modes, m => Assert.Equal(-1, m));
        Assert.True(noise.ShapeError > 2);
        Assert.Contains("shape (N, C, T, H, W), not (2, 3)", Assert.Throws<ArgumentException>(() => CentroidTrack.Of(zeros(2, 3))).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Directions on a circle: 359 and 1 are 2 apart.</summary>
    [Fact]
    public void Angles_are_compared_around_the_circle()
    {
        Assert.Equal(2, CircularWasserstein.Of([359], [1]), 1e-9);
        Assert.Equal(180, CircularWasserstein.Of([0], [180]), 1e-9);
        Assert.Equal(0, CircularWasserstein.Of([10, 350, 720], [0, 370, -10]), 1e-9);
        Assert.Equal(45, CircularWasserstein.Of([0, 90, 180, 270], [45, 135, 225, 315]), 1e-9);
        Assert.Equal(90, CircularWasserstein.Of([0, 0], [90, 270]), 1e-9);
        Assert.Equal(CircularWasserstein.Of([3, 77, 200], [12, 140]), CircularWasserstein.Of([12, 140], [3, 77, 200]), 1e-9);
        Assert.Throws<ArgumentException>(() => CircularWasserstein.Of([], [1]));
    }

    [Fact]
    public void Change_is_the_mean_difference_of_neighbours()
    {
        using var scope = NewDisposeScope();
        var clips = tensor((float[])[0, 0.5f, -0.5f, 1, 1, 1]).reshape(2, 1, 3, 1, 1).expand(2, 3, 3, 4, 4);
        Assert.Equal([0.5f, 1, 0, 0], FrameChange.Of(clips).Floats());
    }

    // Eight frames, shape (1, 1, 8, 32, 32), of a shape at a place each.
    private static Tensor Clip(Func<int, (int Shape, double X, double Y)> at) => cat([.. Enumerable.Range(0, 8).Select(t =>
    {
        var (shape, x, y) = at(t);
        return MovingShapes.Render(shape, tensor((double[])[x, y]).unsqueeze(0), 32).unsqueeze(2) * 2 - 1;
    })], 2);
}

using CsCheck;
using ResearchKit.Models;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Diagnostics;

public class LatentPathTests
{
    [Fact]
    public void A_quarter_of_a_circle_is_walked_at_even_speed()
    {
        using var path = LatentPath.Spherical(tensor(new[,] { { 1f, 0f } }), tensor(new[,] { { 0f, 1f } }), 4);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(Math.Cos(i * Math.PI / 6), path[i, 0].item<float>(), 1e-6);
            Assert.Equal(Math.Sin(i * Math.PI / 6), path[i, 1].item<float>(), 1e-6);
        }
    }

    [Fact]
    public void Starts_and_ends_at_its_ends_and_keeps_their_length() => Gen.Int[0, 10_000].Sample(
        seed =>
        {
            using var ends = NormalLatents.Draw(2, 100, seed);
            var path = LatentPath.Spherical(ends[..1], ends[1..], 9);
            Assert.True(path[0].allclose(ends[0], 1e-4, 1e-4));
            Assert.True(path[8].allclose(ends[1], 1e-4, 1e-4));
            var norms = path.norm(1);
            Assert.True(norms.min().item<float>() > 0.9 * ends.norm(1).min().item<float>());
        },
        iter: 20);

    [Fact]
    public void A_round_trip_passes_every_stop_and_comes_back_without_a_leap()
    {
        using var scope = NewDisposeScope();
        var stops = NormalLatents.Draw(12, 50, seed: 1).reshape(4, 3, 50);
        var trip = LatentPath.Loop(stops, 5);
        Assert.Equal([20, 3, 50], trip.shape);
        for (var stop = 0; stop < 4; stop++)
        {
            Assert.True(trip[5 * stop].allclose(stops[stop], 1e-4, 1e-4));
        }

        // Even steps: by White's formula each spans a fifth of the angle, here near a right one.
        var leaps = (trip.roll(-1, 0) - trip).norm(2); // (F, B)
        Assert.InRange(leaps.max().item<float>(), 0, 3.5);
        Assert.Contains("(K, B, Z)", Assert.Throws<ArgumentException>(() => LatentPath.Loop(stops[0], 5)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Nearly_parallel_ends_are_joined_by_a_straight_line()
    {
        using var path = LatentPath.Spherical(tensor(new[,] { { 1f, 1f } }), tensor(new[,] { { 2f, 2f } }), 3);
        Assert.True(path.allclose(tensor(new[,] { { 1f, 1f }, { 1.5f, 1.5f }, { 2f, 2f } })));
    }

    [Fact]
    public void Refuses_ends_of_different_shapes()
    {
        Assert.Throws<ArgumentException>(() => LatentPath.Spherical(zeros(1, 2), zeros(2, 2), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => LatentPath.Spherical(zeros(1, 2), zeros(1, 2), 1));
    }
}

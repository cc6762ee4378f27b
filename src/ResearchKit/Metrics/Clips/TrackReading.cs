using ResearchKit.Data.Clips;

namespace ResearchKit.Metrics.Clips;

/// <summary>What is read off clips of <see cref="MovingShapes"/>: how they move and what moves in them.</summary>
/// <remarks>Lengths are in pixels of a frame of 32 x 32, whatever the frames' side is. All values are read off pixels, of generated and of
/// real clips alike.</remarks>
public sealed class TrackReading
{
    /// <summary>Pixels a frame below which a step stands still.</summary>
    public const double Still = 0.15;

    /// <summary>The shape error above which a clip shows none of the shapes.</summary>
    public const double Unlike = 0.3;

    private TrackReading()
    {
    }

    /// <summary>How many clips.</summary>
    public required int Count { get; init; }

    /// <summary>The speeds of all steps in pixels a frame; those beside a frame with nothing in it are left out.</summary>
    public required IReadOnlyList<double> Speeds { get; init; }

    /// <summary>The directions of all steps that do not stand still, in degrees from 0 to 360: 0 is to the right, 90 downwards.</summary>
    public required IReadOnlyList<double> Headings { get; init; }

    /// <summary>The share of clips whose mean speed is below <see cref="Still"/>.</summary>
    public required double Frozen { get; init; }

    /// <summary>The share of frames with nothing in them.</summary>
    public required double Lost { get; init; }

    /// <summary>The mean over clips of the share of frames that show the clip's most frequent shape.</summary>
    public required double Constancy { get; init; }

    /// <summary>The mean <see cref="ShapeMatch"/> error of all frames.</summary>
    public required double ShapeError { get; init; }

    /// <summary>Of each clip its mode: its most frequent shape times <see cref="MovingShapes.Directions"/>, plus the most frequent of these
    /// directions among its steps; -1 where it stands still or shows no shape (<see cref="Unlike"/>).</summary>
    public required IReadOnlyList<int> Modes { get; init; }

    /// <summary>Reads clips.</summary>
    /// <param name="clips">Floats in [-1, 1], shape (N, C, T, H, H), T >= 2.</param>
    public static TrackReading Of(Tensor clips)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clips.shape[2], 2);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var track = CentroidTrack.Of(clips); // (N, T, 2)
        var (shapes, errors) = ShapeMatch.Of(clips, track); // (N, T)
        var steps = CentroidTrack.Steps(track) * (32.0 / clips.shape[3]); // (N, T - 1, 2)
        var (count, frames) = ((int)clips.shape[0], (int)clips.shape[2]);
        var (moves, seen, misses) = (steps.contiguous().data<double>().ToArray(), shapes.contiguous().data<long>().ToArray(),
            errors.contiguous().data<double>().ToArray());
        var each = Enumerable.Range(0, count).Select(i => Clip.Read(moves.AsSpan(i * (frames - 1) * 2, (frames - 1) * 2),
            seen.AsSpan(i * frames, frames), misses.AsSpan(i * frames, frames))).ToList();
        return new TrackReading
        {
            Count = count, Speeds = [.. each.SelectMany(c => c.Speeds)], Headings = [.. each.SelectMany(c => c.Headings)],
            Frozen = each.Average(c => c.IsFrozen ? 1.0 : 0), Lost = seen.Average(s => s < 0 ? 1.0 : 0),
            Constancy = each.Average(c => c.Constancy), ShapeError = misses.Average(), Modes = [.. each.Select(c => c.Mode)],
        };
    }

    /// <summary>The share of steps that are longer than any of other clips.</summary>
    /// <param name="real">The others.</param>
    /// <returns>NaN where there are no steps.</returns>
    public double Teleports(TrackReading real) => Speeds.Count == 0 ? double.NaN
        : real.Speeds.DefaultIfEmpty().Max() is var longest ? Speeds.Average(s => s > longest ? 1.0 : 0) : 0;

    /// <summary>The Wasserstein-1 distance of the steps' speeds to those of other clips.</summary>
    /// <param name="real">The others.</param>
    /// <returns>Pixels a frame; NaN where there are no steps.</returns>
    public double SpeedDistance(TrackReading real)
    {
        using var scope = NewDisposeScope();
        return Speeds.Count == 0 || real.Speeds.Count == 0 ? double.NaN : WassersteinDistance.Of(Column(Speeds), Column(real.Speeds));
    }

    /// <summary>The Wasserstein-1 distance of the steps' directions on the circle (<see cref="CircularWasserstein"/>).</summary>
    /// <param name="real">The others.</param>
    /// <returns>Degrees, from 0 to 180; NaN where nothing moves.</returns>
    public double DirectionDistance(TrackReading real) =>
        Headings.Count == 0 || real.Headings.Count == 0 ? double.NaN : CircularWasserstein.Of(Headings, real.Headings);

    /// <summary>How many modes, of shapes times directions, have a part of their fair share of the clips.</summary>
    /// <param name="share">Which part, 0.2 by itself.</param>
    public int ModesReached(double share = 0.2)
    {
        var all = MovingShapes.Shapes.Count * MovingShapes.Directions;
        return Modes.Where(m => m >= 0).GroupBy(m => m).Count(g => g.Count() >= share * Count / all);
    }

    private static Tensor Column(IReadOnlyList<double> values) => tensor(values.ToArray(), ScalarType.Float64).unsqueeze(1); // (M, 1)

    private sealed record Clip(IReadOnlyList<double> Speeds, IReadOnlyList<double> Headings, bool IsFrozen, double Constancy, int Mode)
    {
        public static Clip Read(ReadOnlySpan<double> moves, ReadOnlySpan<long> shapes, ReadOnlySpan<double> errors)
        {
            var (speeds, headings, octants) = (new List<double>(), new List<double>(), new int[MovingShapes.Directions]);
            for (var i = 0; i < moves.Length; i += 2)
            {
                if (double.IsNaN(moves[i]))
                {
                    continue;
                }

                var speed = Math.Sqrt((moves[i] * moves[i]) + (moves[i + 1] * moves[i + 1]));
                speeds.Add(speed);
                if (speed >= Still)
                {
                    var heading = ((Math.Atan2(moves[i + 1], moves[i]) * 180 / Math.PI) + 360) % 360;
                    headings.Add(heading);
                    octants[(int)Math.Round(heading * MovingShapes.Directions / 360) % MovingShapes.Directions]++;
                }
            }

            var (counts, error) = (new int[MovingShapes.Shapes.Count], 0.0);
            for (var t = 0; t < shapes.Length; t++)
            {
                error += errors[t] / errors.Length;
                if (shapes[t] >= 0)
                {
                    counts[shapes[t]]++;
                }
            }

            var (shape, direction) = (Array.IndexOf(counts, counts.Max()), Array.IndexOf(octants, octants.Max()));
            var isFrozen = speeds.Count == 0 || speeds.Average() < Still;
            return new Clip(speeds, headings, isFrozen, (double)counts.Max() / shapes.Length,
                isFrozen || error > Unlike ? -1 : (shape * MovingShapes.Directions) + direction);
        }
    }
}

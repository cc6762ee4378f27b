namespace ResearchKit.Imaging;

/// <summary>Chooses few colours that stand for many.</summary>
/// <remarks>
/// Median cut: Heckbert, "Color Image Quantization for Frame Buffer Display", SIGGRAPH 1982. Deviations: the box to cut next is the one
/// with the largest
/// pixels times side, and it is cut at the mean of its longest side, not at the median, so that rare colours far away also get an entry.
/// </remarks>
internal static class ColorCut
{
    /// <summary>The mean colours of the boxes.</summary>
    /// <param name="counts">Colours 0xRRGGBB and how many pixels have each; more colours than <paramref name="wanted"/>.</param>
    /// <param name="wanted">How many boxes.</param>
    public static IEnumerable<int> Colors(Dictionary<int, int> counts, int wanted)
    {
        var all = counts.Select(c => (Color: c.Key, Count: c.Value)).OrderBy(c => c.Color).ToArray();
        var boxes = new PriorityQueue<Box, long>();
        Add(boxes, new Box(all, 0, all.Length));
        while (boxes.Count < wanted)
        {
            var box = boxes.Dequeue(); // the weightiest; it has two colours at least, as there are more colours than boxes
            var middle = box.Cut();
            Add(boxes, new Box(all, box.Start, middle));
            Add(boxes, new Box(all, middle, box.End));
        }

        return boxes.UnorderedItems.Select(b => b.Element.Mean()).Distinct();
    }

    private static void Add(PriorityQueue<Box, long> boxes, Box box) => boxes.Enqueue(box, -box.Weight);

    private sealed class Box
    {
        private readonly (int Color, int Count)[] _all;
        private readonly int _shift; // of the channel with the longest side

        public Box((int Color, int Count)[] all, int start, int end)
        {
            (_all, Start, End) = (all, start, end);
            var longest = -1;
            foreach (var shift in (int[])[8, 16, 0]) // where sides are equal: green, which the eye sees best
            {
                var side = Colors.Max(c => c.Color >> shift & 255) - Colors.Min(c => c.Color >> shift & 255);
                (longest, _shift) = side > longest ? (side, shift) : (longest, _shift);
            }

            Weight = longest * Colors.Sum(c => (long)c.Count);
        }

        public int Start { get; }

        public int End { get; }

        public long Weight { get; }

        private ArraySegment<(int Color, int Count)> Colors => new(_all, Start, End - Start);

        /// <summary>Sorts along the longest side and gives the first colour above the mean.</summary>
        public int Cut()
        {
            Array.Sort(_all, Start, End - Start,
                Comparer<(int Color, int Count)>.Create((a, b) => (a.Color >> _shift & 255, a.Color)
                .CompareTo((b.Color >> _shift & 255, b.Color))));
            var mean = Mean(_shift, rounding: 0);
            return Start + Colors.TakeWhile(c => (c.Color >> _shift & 255) <= mean).Count();
        }

        public int Mean() => Mean(16, 0.5) << 16 | Mean(8, 0.5) << 8 | Mean(0, 0.5);

        private int Mean(int shift, double rounding) =>
            (int)(Colors.Sum(c => (double)c.Count * (c.Color >> shift & 255)) / Colors.Sum(c => (double)c.Count) + rounding);
    }
}

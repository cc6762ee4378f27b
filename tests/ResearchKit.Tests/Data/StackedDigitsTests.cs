using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public sealed class StackedDigitsTests : IDisposable
{
    private readonly ImageSet _digits = DataCatalog.Find().LoadImages("digits", "test");

    public void Dispose() => _digits.Dispose();

    [Fact]
    public void Each_channel_is_the_digit_that_the_label_says()
    {
        using var scope = NewDisposeScope();
        using var triples = new StackedDigits(_digits, 500, seed: 3);
        var batch = triples.Batch(tensor(new long[] { 7, 499 }));
        Assert.Equal([2, 3, 28, 28], batch.shape);
        foreach (var (row, triple) in new[] { (0, 7), (1, 499) })
        {
            long label = 0;
            for (var channel = 0; channel < 3; channel++)
            {
                var digit = triples.Triples[triple, channel];
                Assert.Equal(_digits.Batch(digit.unsqueeze(0))[0, 0].data<float>().ToArray(), batch[row, channel].data<float>().ToArray());
                label = 10 * label + _digits.Labels![digit.item<long>()].item<long>();
            }

            Assert.Equal(label, triples.Labels[triple].item<long>());
        }

        Assert.Equal((-1f, 1f), (batch.min().item<float>(), batch.max().item<float>()));
    }

    [Fact]
    public void The_published_number_of_triples_takes_few_bytes_and_has_every_mode()
    {
        using var triples = new StackedDigits(_digits);
        Assert.Equal(128_000, triples.Count);
        Assert.Equal(StackedDigits.Modes, triples.Labels.data<long>().Distinct().Count());
        // digits are about uniform: the mean hundred is 4.5 and a half
        Assert.InRange((triples.Labels / 100L).data<float>().Average(), 4.8, 5.2);
        Assert.Equal($"triples of {_digits.Name}: 128000 of them, 3 x 28 x 28", triples.ToString());
    }

    [Fact]
    public void A_seed_chooses_the_triples_and_nothing_else_does()
    {
        using var one = new StackedDigits(_digits, 100, seed: 1);
        using (rand(5))
        {
        }

        using var again = new StackedDigits(_digits, 100, seed: 1);
        using var other = new StackedDigits(_digits, 100, seed: 2);
        Assert.Equal(one.Triples.data<long>().ToArray(), again.Triples.data<long>().ToArray());
        Assert.NotEqual(one.Triples.data<long>().ToArray(), other.Triples.data<long>().ToArray());
    }

    [Fact]
    public void Batches_go_on_from_a_position_with_the_same_bytes()
    {
        using var triples = new StackedDigits(_digits, 40);
        using var batches = new StackedDigitBatches(triples, 16, seed: 5);
        Assert.Equal((16, 2L), (batches.BatchSize, batches.BatchesPerEpoch));
        for (var i = 0; i < 3; i++)
        {
            batches.NextBatch().Dispose();
        }

        using var resumed = new StackedDigitBatches(triples, 16, seed: 5) { Position = batches.Position };
        for (var i = 0; i < 4; i++)
        {
            using var expected = batches.NextBatch();
            using var actual = resumed.NextBatch();
            Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
        }

        Assert.Equal(batches.Position, resumed.Position);
    }

    [Fact]
    public void Images_that_are_no_digits_are_refused_in_one_sentence()
    {
        using var color = new ImageSet("color", zeros([2, 3, 28, 28], ScalarType.Byte), zeros([2], ScalarType.Int64));
        using var unnamed = new ImageSet("unnamed", zeros([2, 1, 28, 28], ScalarType.Byte));
        using var many = new ImageSet("many", zeros([2, 1, 28, 28], ScalarType.Byte), tensor(new long[] { 3, 10 }));
        Assert.Contains("color has 3 channels", Assert.Throws<ArgumentException>(() => new StackedDigits(color)).Message,
            StringComparison.Ordinal);
        Assert.Contains("unnamed has no labels", Assert.Throws<ArgumentException>(() => new StackedDigits(unnamed)).Message,
            StringComparison.Ordinal);
        Assert.Contains("those of many go from 3 to 10", Assert.Throws<ArgumentException>(() => new StackedDigits(many)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StackedDigits(_digits, 0));
        using var few = new StackedDigits(_digits, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StackedDigitBatches(few, 5, seed: 0));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        var live = Tensor.TotalCount;
        using (var triples = new StackedDigits(_digits, 64))
        using (triples.First(3))
        {
            Assert.Equal(live + 4, Tensor.TotalCount); // triples twice, labels, images
        }

        Assert.Equal(live, Tensor.TotalCount);
    }
}

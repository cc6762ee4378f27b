using ResearchKit.Data;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Data;

public class SampleClassesTests
{
    private static readonly SampleClasses Pets = new(["cat", "Dog", "7"], [6, 2, 0]);

    [Theory]
    [InlineData("cat", 0)]
    [InlineData("dog", 1)]
    [InlineData("1", 1)]
    [InlineData("7", 2)] // a name goes before a number
    public void A_class_is_found_by_its_name_or_number(string name, long label) => Assert.Equal(label, Pets.Find(name));

    [Fact]
    public void A_class_that_is_not_there_is_told_with_those_that_are()
    {
        Assert.Contains("There is no class 'cow'; there are cat, Dog, 7.", Assert.Throws<ArgumentException>(() => Pets.Find("cow")).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Pets.Find("3"));
        Assert.Throws<ArgumentException>(() => new SampleClasses(["a"], [1, 2]));
        Assert.Throws<ArgumentException>(() => new SampleClasses(["a"], [0]));
    }

    [Fact]
    public void Labels_are_drawn_as_often_as_the_data_have_them_and_the_first_do_not_depend_on_how_many()
    {
        using var scope = NewDisposeScope();
        var many = Pets.Draw(4000, seed: 3).data<long>().ToArray();
        Assert.Equal(many[..10], Pets.Draw(10, seed: 3).data<long>().ToArray());
        Assert.NotEqual(many[..10], Pets.Draw(10, seed: 4).data<long>().ToArray());
        Assert.InRange(many.Count(l => l == 0) / 4000.0, 0.72, 0.78);
        Assert.DoesNotContain(2L, many);
    }

    [Fact]
    public void Every_first_and_last_part_of_a_fair_order_has_the_classes_in_their_proportions()
    {
        long[] labels = [.. Enumerable.Repeat(0L, 60), .. Enumerable.Repeat(1L, 30), .. Enumerable.Repeat(2L, 10)];
        var order = SampleClasses.FairOrder(labels, 100, seed: 0);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), order.Order());
        for (var part = 0; part <= 100; part += 10)
        {
            foreach (var (label, share) in ((long, double)[])[(0, 0.6), (1, 0.3), (2, 0.1)])
            {
                Assert.InRange(order[..part].Count(i => labels[i] == label) - (part * share), -1, 1);
            }
        }

        Assert.NotEqual(order, SampleClasses.FairOrder(labels, 100, seed: 1));
        Assert.NotEqual(SampleClasses.FairOrder(null, 100, seed: 0), Enumerable.Range(0, 100).Select(i => (long)i));
    }
}

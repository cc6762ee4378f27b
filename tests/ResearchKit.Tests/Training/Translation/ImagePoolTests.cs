using ResearchKit.Training.Translation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Training.Translation;

public class ImagePoolTests
{
    /// <summary>Of a full pool half of the images are new ones, and a stored one has waited for a geometric time with a mean of twice the
    /// pool's size.</summary>
    [Fact]
    public void Over_100_000_images_half_are_new_and_the_others_ages_are_geometric()
    {
        using var scope = NewDisposeScope();
        const int Size = 50, Images = 100_000, Batch = 50;
        using var pool = new ImagePool(Size, seed: 4);
        var ages = new List<double>();
        var fresh = 0;
        for (var start = 0; start < Images; start += Batch)
        {
            using var inner = NewDisposeScope();
            var now = arange(start, start + Batch, dtype: ScalarType.Float64).reshape(Batch, 1, 1, 1);
            var given = pool.Exchange(now).flatten().data<double>().ToArray();
            foreach (var (i, number) in given.Index().Where(_ => start >= Size))
            {
                var age = start + i - number;
                fresh += age == 0 ? 1 : 0;
                if (age > 0)
                {
                    ages.Add(age);
                }
            }
        }

        var asked = Images - Size;
        Assert.Equal(0.5, (double)fresh / asked, 0.01); // standard deviation 0.0016
        Assert.Equal(Size * 2, ages.Average(), 3.0); // standard deviation 0.45
        Assert.Equal(Math.Exp(-1), ages.Count(a => a > Size * 2) / (double)ages.Count, 0.01); // as a geometric law has it
    }

    [Fact]
    public void Without_room_every_image_comes_back()
    {
        using var scope = NewDisposeScope();
        using var pool = new ImagePool(0, seed: 4);
        var images = rand(8, 1, 2, 2);
        Assert.True(pool.Exchange(images).equal(images).all().item<bool>());
        Assert.Equal(0, pool.Count);
    }
}

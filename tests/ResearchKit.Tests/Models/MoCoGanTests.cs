using ResearchKit.Models;
using ResearchKit.Models.Layers;
using ResearchKit.Runtime;
using ResearchKit.Support;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models;

/// <summary>What each part of MoCoGAN's z and each of its discriminators is for; its numbers are compared in PaperNetworksTests.</summary>
public class MoCoGanTests
{
    [Fact]
    public void Content_moves_all_frames_and_the_noise_of_a_frame_those_from_it_on()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(1);
        using var g = new MoCoGanGenerator(32, 1, 6, 2, contentSize: 4, categories: 3, motionSize: 2);
        g.eval();
        Assert.Equal(4 + 3 + (7 * 2), g.LatentSize);
        var z = randn(1, g.LatentSize);
        Assert.Equal([true, true, true, true, true, true], Moved(0)); // content
        Assert.Equal([true, true, true, true, true, true], Moved(7)); // h_0
        Assert.Equal([false, false, false, true, true, true], Moved(7 + (4 * 2))); // e_4
        Assert.Equal([false, false, false, false, false, true], Moved(7 + (6 * 2))); // e_6
        z[0, 4] = 5; // the first category is the largest
        Assert.Equal([false, false, false, false, false, false], Moved(4));
        z[0, 5] = 5.5f;
        Assert.Equal([true, true, true, true, true, true], Moved(5, -2)); // now it is again

        // which frames another number at a place of z changes
        bool[] Moved(int place, float by = 0.5f)
        {
            using var other = z.clone();
            other[0, place] += by;
            var change = (g.call(z) - g.call(other)).abs().amax([0, 1, 3, 4]); // (T)
            return [.. change.Floats().Select(c => c > 1e-6)];
        }
    }

    [Fact]
    public void Content_that_is_redrawn_is_a_frames_own()
    {
        using var scope = NewDisposeScope();
        using var g = new MoCoGanGenerator(32, 1, 3, 2, contentSize: 4, categories: 2, motionSize: 2, redrawContent: true);
        g.eval();
        Assert.Equal((3 * 4) + (3 * 2) + (4 * 2), g.LatentSize);
        var z = randn(1, g.LatentSize);
        using var other = z.clone();
        other[0, 4] += 1; // the second frame's first number
        var change = (g.call(z) - g.call(other)).abs().amax([0, 1, 3, 4]);
        Assert.Equal([false, true, false], change.Floats().Select(c => c > 1e-6));
    }

    [Fact]
    public void The_judge_of_frames_does_not_see_their_order_and_that_of_clips_does()
    {
        using var scope = NewDisposeScope();
        var x = rand([3, 1, 12, 32, 32]);
        var turned = x.flip(2);
        foreach (var judges in Enum.GetValues<ClipJudges>())
        {
            RandomState.Seed(2);
            using var d = new MoCoGanDiscriminator(32, 1, 2, judges);
            d.eval();
            var logits = d.call(x);
            var (count, places) = judges switch { ClipJudges.Both => (2, 48), ClipJudges.Frames => (1, 16), _ => (1, 48) };
            Assert.Equal([3, count, places], logits.shape);
            d.train();
            RandomState.Seed(3);
            var first = d.call(x);
            RandomState.Seed(3);
            Assert.True(d.call(x).equal(first).all().item<bool>()); // frames follow the global random state, which checkpoints keep
            if (judges != ClipJudges.Frames)
            {
                Assert.False(d.call(turned).select(1, count - 1).allclose(first.select(1, count - 1), 1e-3, 1e-3));
            }

            if (judges == ClipJudges.Both)
            {
                var ofFrames = logits.select(1, 0).reshape(3, 3, 16); // the same three times
                Assert.True(ofFrames.eq(ofFrames.narrow(1, 0, 1)).all().item<bool>());
            }
        }
    }

    [Fact]
    public void Both_judges_have_the_same_weight_in_a_loss()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(4);
        using var d = new MoCoGanDiscriminator(32, 1, 2);
        var loss = new ResearchKit.Losses.WassersteinLoss();
        d.eval();
        var logits = d.call(rand([2, 1, 16, 32, 32]));
        Assert.Equal([2, 2, 7 * 16], logits.shape);
        Assert.Equal(-(logits.select(1, 0).mean() + logits.select(1, 1).mean()).item<float>(), loss.Generator(null, logits).item<float>(),
            1e-6);
    }

    [Fact]
    public void Each_frame_is_picked_as_often_as_the_others_and_in_evaluation_those_in_the_middle()
    {
        using var scope = NewDisposeScope();
        RandomState.Seed(5);
        using var layer = new RandomFrames(2);
        var clips = arange(5, ScalarType.Float32).reshape(1, 1, 5, 1, 1) + (10 * arange(500).reshape(500, 1, 1, 1, 1));
        clips = clips.expand(500, 2, 5, 3, 3);
        layer.train();
        var picked = layer.call(clips);
        Assert.Equal([1000, 2, 3, 3], picked.shape);
        var frames = picked[TensorIndex.Colon, 0, 0, 0].reshape(500, 2) - (10 * arange(500).unsqueeze(1)); // of its own clip
        Assert.All(Enumerable.Range(0, 5), t => Assert.InRange(frames.eq(t).sum().item<long>(), 150, 250));
        layer.eval();
        Assert.Equal([1, 3, 11, 13], layer.call(clips)[TensorIndex.Slice(stop: 4), 0, 0, 0].Floats());
        using var one = new RandomFrames();
        one.eval();
        Assert.Equal([2, 12], one.call(clips)[TensorIndex.Slice(stop: 2), 0, 0, 0].Floats());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomFrames(0));
    }

    [Theory]
    [InlineData(ClipJudges.Both, 3, 2, 16 * 21)]
    [InlineData(ClipJudges.Both, 7, 2, 16 * 49)]
    [InlineData(ClipJudges.Frames, 3, 1, 16 * 3)]
    public void Many_frames_of_a_clip_weigh_as_much_as_the_clip(ClipJudges judges, int frames, int parts, int places)
    {
        using var scope = NewDisposeScope();
        using var d = new MoCoGanDiscriminator(32, 1, 2, judges, frames);
        d.eval();
        var logits = d.call(rand([2, 1, 16, 32, 32]));
        Assert.Equal([2, parts, places], logits.shape);
        Assert.Equal(logits[0, 0, TensorIndex.Slice(stop: 16 * frames)].Floats(),
            logits[0, 0, TensorIndex.Slice(places - (16 * frames))].Floats()); // the same again and again
    }

    [Theory]
    [InlineData(32, 9, "MoCoGAN's discriminator of clips of 32 pixels needs 10 frames or more, not 9: set frames to that")]
    [InlineData(64, 12, "of 64 pixels needs 13 frames or more, not 12")]
    [InlineData(128, 15, "of 128 pixels needs 16 frames or more, not 15")]
    [InlineData(48, 16, "A MoCoGAN makes frames of 32, 64 or 128 pixels, not 48")]
    public void Clips_that_are_too_short_for_the_layers_are_refused(int size, int frames, string problem)
    {
        var shape = new SampleShape(SampleKind.Clips, size, 1) { Frames = frames };
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => Architectures.For(new NetworkOptions(), shape)).Message,
            StringComparison.Ordinal);
        if (size != 48)
        {
            Architectures.For(new NetworkOptions { Judges = ClipJudges.Frames }, shape);
            using var scope = NewDisposeScope();
            using var d = new MoCoGanDiscriminator(size, 1, 1);
            Assert.Equal([1, 2, 16], d.call(zeros([1, 1, frames + 1, size, size])).shape);
        }
    }
}

using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>A generator of clips.</summary>
public interface IClipGenerator
{
    /// <summary>Frames of each clip.</summary>
    int Frames { get; }
}

/// <summary>The MoCoGAN generator: a content that stays over the clip, a path through a space of motion that a recurrent cell walks, and a
/// DCGAN generator that makes each frame of both.</summary>
/// <remarks>Tulyakov et al., arXiv:1707.04993, section 3, as in the authors' code (64 pixels, 3 channels: 3,298,836 parameters by itself).
/// z holds, one after the other: the content, C numbers; K numbers whose largest says which of K categories it is; the start h_0 of the
/// path and the noise e_1, ..., e_T, M numbers each. h_t = GRU(e_t, h_(t-1)), and frame t is made of content, category (one-hot) and h_t.
/// The largest of K normal numbers is each equally often, so categories are uniform as the authors draw them. Weights start as PyTorch
/// draws them. Deviations: no category is read back or told (the authors' categorical discriminator), and the frames that D judges by
/// themselves are of the same clips that it judges as a whole, where the authors draw others.</remarks>
public sealed class MoCoGanGenerator : LatentGenerator, IClipGenerator
{
    private readonly GRUCell recurrent;
    private readonly DcganGenerator frames;

    /// <summary>Builds the network.</summary>
    /// <param name="imageSize">Height and width of the frames: 32, 64 or 128.</param>
    /// <param name="channels">Channels of the frames, at least 1.</param>
    /// <param name="length">T, the frames of a clip, 1 to 4,096.</param>
    /// <param name="features">Channels of the last hidden layer, at least 1; earlier layers have 2, 4, 8 times as many.</param>
    /// <param name="contentSize">C, at least 1.</param>
    /// <param name="categories">K, at least 1.</param>
    /// <param name="motionSize">M, at least 1.</param>
    /// <param name="redrawContent">Whether content and category are drawn for each frame anew, to see what they are for: z then begins
    /// with T of each.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size is another, or a number is out of range.</exception>
    public MoCoGanGenerator(int imageSize = 64, int channels = 3, int length = 16, int features = 64, int contentSize = 50,
        int categories = 6, int motionSize = 10, bool redrawContent = false)
        : base(nameof(MoCoGanGenerator),
            (int)Math.Min(int.MaxValue, MoCoGan.LatentSize(length, contentSize, categories, motionSize, redrawContent)))
    {
        MoCoGan.RequireSize(imageSize);
        foreach (var number in (int[])[channels, length, features, contentSize, categories, motionSize])
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MoCoGan.Longest);
        (ImageSize, Channels, Frames, Features) = (imageSize, channels, length, features);
        (ContentSize, Categories, MotionSize, RedrawsContent) = (contentSize, categories, motionSize, redrawContent);
        recurrent = nn.GRUCell(motionSize, motionSize);
        frames = new DcganGenerator(imageSize, channels, features, contentSize + categories + motionSize);
        RegisterComponents();
        MoCoGan.DrawDefaults(frames);
    }

    /// <summary>Height and width of the frames.</summary>
    public int ImageSize { get; }

    /// <summary>Channels of the frames.</summary>
    public int Channels { get; }

    /// <inheritdoc/>
    public int Frames { get; }

    /// <summary>Channels of the last hidden layer.</summary>
    public int Features { get; }

    /// <summary>C: the numbers of the content.</summary>
    public int ContentSize { get; }

    /// <summary>K: the categories.</summary>
    public int Categories { get; }

    /// <summary>M: the numbers of the motion in each frame.</summary>
    public int MotionSize { get; }

    /// <summary>Whether content and category are drawn for each frame anew.</summary>
    public bool RedrawsContent { get; }

    /// <summary>Turns latent vectors into clips.</summary>
    /// <param name="input">z, standard normal, shape (B, LatentSize).</param>
    /// <returns>Shape (B, C, T, H, W); [-1, 1] is black to white.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (count, each) = (input.shape[0], RedrawsContent ? Frames : 1);
        long[] parts = [each * ContentSize, each * Categories, (Frames + 1) * MotionSize];
        var z = input.split(parts, 1);
        var content = z[0].reshape(count, each, ContentSize).expand(count, Frames, ContentSize); // (B, T, C)
        var largest = z[1].reshape(count, each, Categories).argmax(2); // (B, 1) or (B, T)
        var category = nn.functional.one_hot(largest, Categories).to(input.dtype).expand(count, Frames, Categories); // (B, T, K)
        var noise = z[2].reshape(count, Frames + 1, MotionSize); // h_0 and e_1, ..., e_T
        List<Tensor> path = [noise.select(1, 0)];
        for (var t = 1; t <= Frames; t++)
        {
            path.Add(recurrent.call(noise.select(1, t), path[^1])); // (B, M)
        }

        var motion = stack(path.Skip(1), 1); // (B, T, M)
        var made = frames.call(cat([content, category, motion], 2).flatten(0, 1)); // (B T, channels, H, W)
        return made.reshape(count, Frames, Channels, ImageSize, ImageSize).transpose(1, 2).contiguous()
            .MoveToOuterDisposeScope(); // (B, channels, T, H, W)
    }
}

/// <summary>Both MoCoGAN discriminators in one: patches of a random frame of each clip, and patches of the clip in space and
/// time.</summary>
/// <remarks>Tulyakov et al., arXiv:1707.04993, section 3.2, as in the authors' code, the patch discriminators (64 pixels, 3 channels:
/// 663,296 and 2,650,880 parameters): 4 x 4 (x 4) convolutions without biases that halve each frame and take 3 frames off the clip, batch
/// normalisation in all but the first and the last, leaky ReLU of 0.2. The logits of the frame's patches are repeated along time, so that
/// both judges have as many and weigh the same, as in the authors' sum of two losses. Weights start as PyTorch draws them. Deviations: the
/// authors' optional noise before each layer is not there; the frame is of the same clip (<see cref="RandomFrames"/>).</remarks>
public sealed class MoCoGanDiscriminator : nn.Module<Tensor, Tensor>
{
    private readonly RandomFrames picked;
    private readonly Sequential? image;
    private readonly Sequential? video;

    /// <summary>Builds the network.</summary>
    /// <param name="imageSize">Height and width of the frames: 32, 64 or 128.</param>
    /// <param name="channels">Channels of what it judges, at least 1.</param>
    /// <param name="features">Channels of the first layers, at least 1; later layers have 2, 4, 8 times as many.</param>
    /// <param name="judges">Which of the two there are.</param>
    /// <param name="judgedFrames">K: frames of each clip that are judged by themselves, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size is another, or a number is too small.</exception>
    public MoCoGanDiscriminator(int imageSize = 64, int channels = 3, int features = 64, ClipJudges judges = ClipJudges.Both,
        int judgedFrames = 1)
        : base(nameof(MoCoGanDiscriminator))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        int[] widths = [channels, .. Dcgan.Widths(MoCoGan.RequireSize(imageSize), features)[..^1], 1]; // of 64 pixels 3, 64, 128, 256, 1
        picked = new RandomFrames(judgedFrames);
        image = judges == ClipJudges.Clips ? null : Chain(
            (inputs, outputs) => nn.Conv2d(inputs, outputs, MoCoGan.Kernel, stride: 2, padding: 1, bias: false),
            width => nn.BatchNorm2d(width));
        video = judges == ClipJudges.Frames ? null : Chain(
            (inputs, outputs) => nn.Conv3d(inputs, outputs, (4, 4, 4), stride: (1, 2, 2), padding: (0, 1, 1), bias: false),
            width => nn.BatchNorm3d(width));
        Judges = judges;
        RegisterComponents();

        Sequential Chain(Func<int, int, nn.Module<Tensor, Tensor>> convolution, Func<int, nn.Module<Tensor, Tensor>> normalization)
        {
            var layers = new List<nn.Module<Tensor, Tensor>>();
            for (var i = 0; i + 1 < widths.Length; i++)
            {
                layers.Add(convolution(widths[i], widths[i + 1]));
                if (i > 0 && i + 2 < widths.Length)
                {
                    layers.Add(normalization(widths[i + 1]));
                }

                if (i + 2 < widths.Length)
                {
                    layers.Add(new Layers.LeakyReLU(0.2, inPlace: true));
                }
            }

            return nn.Sequential([.. layers]);
        }
    }

    /// <summary>Which of the two there are.</summary>
    public ClipJudges Judges { get; }

    /// <summary>Scores clips.</summary>
    /// <param name="input">Shape (B, C, T, H, W), values in [-1, 1].</param>
    /// <returns>Logits, shape (B, 2, K P): of the frames' patches, then of the clip's P, each repeated so that both have as many; of one
    /// judge alone (B, 1, 16 K) or (B, 1, P).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var frames = image?.call(picked.call(input)).reshape(input.shape[0], 1, -1); // (B, 1, 16 K)
        var clips = video?.call(input).flatten(2); // (B, 1, P): places in time, then in the frame
        if (frames is null || clips is null)
        {
            return (frames ?? clips)!.MoveToOuterDisposeScope();
        }

        var times = clips.shape[2] / (frames.shape[2] / picked.Count); // places in time
        return cat([frames.repeat(1, 1, times), clips.repeat(1, 1, picked.Count)], 1).MoveToOuterDisposeScope(); // (B, 2, K P)
    }
}

/// <summary>What both networks share.</summary>
internal static class MoCoGan
{
    public const int Kernel = 4;
    public const int Longest = 4096;

    private static readonly int[] Sizes = [32, 64, 128];

    public static Architecture Architecture { get; } = new("mocogan", "Tulyakov et al., arXiv:1707.04993",
        "clips of frames of 32, 64 or 128 pixels; features is the width of the outer layers (64 by itself), z holds 50 numbers of " +
            "content, 6 of a category, and 10 of motion for each frame and the start", SampleKind.Clips,
        (options, shape) => (
            new MoCoGanGenerator(shape.Size, shape.Channels, shape.Frames, options.Features ?? 64,
                redrawContent: options.RedrawContent ?? false),
            new MoCoGanDiscriminator(shape.Size, shape.Channels * options.Pack, options.Features ?? 64,
                options.Judges ?? ClipJudges.Both, options.JudgedFrames ?? 1)),
        (options, shape) =>
            !Sizes.Contains(shape.Size)
                ? $"A MoCoGAN makes frames of 32, 64 or 128 pixels, not {shape.Size}: choose one of these with --size (imageSize)."
            : options.Judges != ClipJudges.Frames && shape.Frames < Shortest(shape.Size)
                ? $"MoCoGAN's discriminator of clips of {shape.Size} pixels needs {Shortest(shape.Size)} frames or more, not " +
                    $"{shape.Frames}: set frames to that, or judges to Frames."
            : null)
    {
        Uses = [nameof(NetworkOptions.Features), nameof(NetworkOptions.Judges), nameof(NetworkOptions.JudgedFrames),
            nameof(NetworkOptions.RedrawContent)],
        File = GeneratorFormat.Of((MoCoGanGenerator g) => new MoCoGanValues(g.ImageSize, g.Channels, g.Frames, g.Features, g.ContentSize,
            g.Categories, g.MotionSize, g.RedrawsContent)),
    };

    /// <summary>The numbers of z.</summary>
    public static long LatentSize(int length, int content, int categories, int motion, bool redrawContent) =>
        ((redrawContent ? length : 1) * ((long)content + categories)) + ((length + 1L) * motion);

    /// <summary>A side of frames that there are networks for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public static int RequireSize(int imageSize) => Sizes.Contains(imageSize) ? imageSize
        : throw new ArgumentOutOfRangeException(nameof(imageSize), imageSize, "A MoCoGAN makes frames of 32, 64 or 128 pixels.");

    /// <summary>Draws the weights of a frame's generator as PyTorch does by itself, and so the authors.</summary>
    public static void DrawDefaults(DcganGenerator frames)
    {
        foreach (var module in frames.modules())
        {
            if (module is ConvTranspose2d convolution)
            {
                nn.init.kaiming_uniform_(convolution.weight, Math.Sqrt(5));
            }
            else if (module is BatchNorm2d norm)
            {
                nn.init.ones_(norm.weight);
            }
        }
    }

    // Each layer takes 3 frames off, and one must be left.
    private static int Shortest(int imageSize) => (3 * Dcgan.Doublings(imageSize).Length) + 1;

    private sealed record MoCoGanValues(int ImageSize, int Channels, int Frames, int Features, int ContentSize, int Categories,
        int MotionSize, bool RedrawsContent) : GeneratorValues
    {
        public override LatentGenerator Build() => new MoCoGanGenerator(ImageSize, Channels, Frames, Features, ContentSize, Categories,
            MotionSize, RedrawsContent);

        public override IEnumerable<double> WeightSizes() => Dcgan.WeightSizes(RequireSize(ImageSize), Channels, Features,
            (double)ContentSize + Categories + MotionSize).Concat(Enumerable.Repeat(3.0 * MotionSize * MotionSize, 2));
    }
}

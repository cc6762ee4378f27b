using ResearchKit.Data;
using ResearchKit.Metrics;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>How features of a set are made: the options that <c>metrics</c> and <c>stats</c> share.</summary>
internal sealed record FeatureOptions(string? Network, int? Samples, long Seed, int? BatchSize, Device Device, bool Strict, bool Cached)
{
    /// <summary>Chooses a generator's images; null for the seed of all that is drawn.</summary>
    public long? SeedOfImages { get; init; }

    /// <summary>The file of the network's weights; null for where they are kept.</summary>
    public string? Weights { get; init; }

    /// <summary>How images are brought to the network's size; null for the network's own way.</summary>
    public string? Resizer { get; init; }

    /// <summary>The size that images are brought to first, as training does; null for a generator's, or the images' own.</summary>
    public int? Size { get; init; }

    /// <summary>How they are; null for a run's way, or training's default.</summary>
    public ImageFit? Fit { get; init; }

    /// <summary>What becomes of transparency; likewise.</summary>
    public AlphaHandling? Alpha { get; init; }

    /// <summary>Which side is up; likewise.</summary>
    public ImageOrientation? Orientation { get; init; }

    /// <summary>What a set can be, for the help.</summary>
    public const string Sets = "a run, a folder of images or of WAV files, notes (which the kit makes), a .npy or .npz file (uint8 " +
        "images N H W C, float features N D, or mu and sigma), a .safetensors file of a generator, SET:PART of the data catalog, or " +
        "a text file (against another, or a generator of text against it)";

    private const long LargestSeed = uint.MaxValue; // NumPy's

    /// <summary>Gives a command the options.</summary>
    /// <returns>Reads what was typed; the device is checked to be there, which loads libtorch.</returns>
    public static Func<ParseResult, FeatureOptions> AddTo(Command command)
    {
        var network = Value<string?>("--network", "The feature network for images: a name of `network list`, or a .json file that " +
            "describes your own. Left out: resnet18 for colour, fashion-28 for grey.");
        var weights = Value<string?>("--weights", "The file of its weights, where they do not ship with the kit: those of inception " +
            "and dinov2.");
        var resizer = Value<string?>("--resizer", $"How images are brought to the network's size: {string.Join(", ",
            ImageResizers.All.Names)}; left out, the network's own way.");
        var size = Value<int?>("--size", "Brings images to this size first, as `train --size` does; left out, a generator's size, or " +
            "none. Of sounds the samples.").AtLeast(1, 65_536);
        var fit = Value<ImageFit?>("--fit", "How images of a folder become square then: crop, pad, squeeze or cropOnly, as in training.");
        var alpha = Value<AlphaHandling?>("--alpha", "Transparent parts of a folder's images: onWhite, or drop, as pytorch-fid does.");
        var orientation = Value<ImageOrientation?>("--orientation", "Images of a folder as stored, or turned as their exif data say.");
        var samples = Value<int?>("--samples", "Images that a generator makes; as many as the other set has when left out. " +
            "Without a generator: takes only so many of each set, chosen by chance, fairly to its classes.").AtLeast(1);
        var seed = Value<long>("--seed", "Of what is drawn: a generator's z, subsets, directions.", 2020).AtLeast(0, LargestSeed);
        var batch = BatchSizeOption();
        var device = DeviceOption();
        var strict = Flag("--strict", "Stops at the first image that cannot be read, instead of leaving it out.");
        var noCache = Flag("--no-cache", "Neither reads nor keeps features; else those of images are kept in RESEARCHKIT_CACHE, or in " +
            "the user's cache folder.");
        Array.ForEach<Option>([network, weights, resizer, size, fit, alpha, orientation, samples, seed, batch, device, strict, noCache],
            command.Options.Add);
        return parsed => new FeatureOptions(parsed.GetValue(network), parsed.GetValue(samples), parsed.GetValue(seed),
            parsed.GetValue(batch), ComputeDevice.Parse(parsed.GetValue(device)!), parsed.GetValue(strict), !parsed.GetValue(noCache))
            {
                Weights = parsed.GetValue(weights), Resizer = parsed.GetValue(resizer), Size = parsed.GetValue(size),
                Fit = parsed.GetValue(fit), Alpha = parsed.GetValue(alpha), Orientation = parsed.GetValue(orientation),
            };
    }

    /// <summary>Where networks compute; whoever reads it parses it, which loads libtorch.</summary>
    public static Option<string> DeviceOption()
    {
        var device = Value<string>("--device", "Where generators and feature networks compute: cpu, cuda, cuda:N or best. Values are " +
            "computed from features on the CPU.", "cpu");
        device.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !ComputeDevice.IsName(name))
            {
                result.AddError($"'{name}' is not a device: write cpu, cuda, cuda:0, cuda:1, ... or best.");
            }
        });
        return device;
    }

    public static Option<int?> BatchSizeOption() =>
        Value<int?>("--batch-size", "Images at a time; left out, as many as the network's size allows.").AtLeast(1);
}

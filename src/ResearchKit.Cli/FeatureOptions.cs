using static TorchSharp.torch;

namespace ResearchKit.Cli;

/// <summary>How features of a set are made: the options that <c>metrics</c> and <c>stats</c> share.</summary>
internal sealed record FeatureOptions(string Network, int? Samples, long Seed, int BatchSize, Device Device, bool Strict, bool Cached)
{
    /// <summary>What a set can be, for the help.</summary>
    public const string Sets = "a folder of images, a .npy or .npz file (uint8 images N H W C, float features N D, or mu and sigma), a " +
        ".safetensors file of a generator, or SET:PART of the data catalog";

    private const long LargestSeed = uint.MaxValue; // NumPy's

    /// <summary>Gives a command the options.</summary>
    /// <returns>Reads what was typed; the device is checked to be there, which loads libtorch.</returns>
    public static Func<ParseResult, FeatureOptions> AddTo(Command command)
    {
        var network = Value<string>("--network", "The feature network for images; see `network list`.", "fashion-28");
        var samples = Value<int?>("--samples", "Images that a saved generator makes; as many as the other set has when left out. " +
            "Without a generator: takes only so many of each set, the first ones.").AtLeast(1);
        var seed = Value<long>("--seed", "Of what is drawn: a generator's z, subsets, directions.", 2020).AtLeast(0, LargestSeed);
        var batch = Value<int>("--batch-size", "Images at a time.", 256).AtLeast(1);
        var device = Value<string>("--device", "Where generators and feature networks compute: cpu, cuda, cuda:N or best. Values are " +
            "computed from features on the CPU.", "cpu");
        device.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !ComputeDevice.IsName(name))
            {
                result.AddError($"'{name}' is not a device: write cpu, cuda, cuda:0, cuda:1, ... or best.");
            }
        });
        var strict = Flag("--strict", "Stops at the first image that cannot be read, instead of leaving it out.");
        var noCache = Flag("--no-cache", "Neither reads nor keeps features; else those of images are kept in RESEARCHKIT_CACHE, or in " +
            "the user's cache folder.");
        Array.ForEach<Option>([network, samples, seed, batch, device, strict, noCache], command.Options.Add);
        return parsed => new FeatureOptions(parsed.GetValue(network)!, parsed.GetValue(samples), parsed.GetValue(seed),
            parsed.GetValue(batch), ComputeDevice.Parse(parsed.GetValue(device)!), parsed.GetValue(strict), !parsed.GetValue(noCache));
    }
}

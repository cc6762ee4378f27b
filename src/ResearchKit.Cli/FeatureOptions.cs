using System.CommandLine;
using ResearchKit.Runtime;

namespace ResearchKit.Cli;

/// <summary>The options of every command that needs features of a set.</summary>
internal sealed class FeatureOptions
{
    /// <summary>What a set can be, for the help.</summary>
    public const string Sets = "a folder of pictures, a .npy or .npz file (uint8 pictures N H W C, float features N D, or mu and " +
        "sigma), a .safetensors file of a generator, or SET:PART of the data catalog";

    private const long LargestSeed = uint.MaxValue; // NumPy's

    private readonly Option<string> _network = new("--network") { Description = "The feature network for pictures; see `network list`.",
        DefaultValueFactory = _ => "fashion-28" };
    private readonly Option<int?> _samples = new Option<int?>("--samples") { Description = "Pictures that a saved generator makes; as " +
        "many as the other set has when left out. Without a generator: takes only so many of each set, the first ones." }.AtLeast(1);
    private readonly Option<long> _seed = new Option<long>("--seed") { Description = "Of what is drawn: a generator's z, subsets, " +
        "directions.", DefaultValueFactory = _ => 2020 }.AtLeast(0, LargestSeed);
    private readonly Option<int> _batch = new Option<int>("--batch-size") { Description = "Pictures at a time.",
        DefaultValueFactory = _ => 256 }.AtLeast(1);
    private readonly Option<string> _device = new("--device") { Description = "Where generators and feature networks compute: cpu, " +
        "cuda, cuda:N or best. Values are computed from features on the CPU.", DefaultValueFactory = _ => "cpu" };
    private readonly Option<bool> _strict =
        new("--strict") { Description = "Stops at the first picture that cannot be read, instead of leaving it out." };
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Neither reads nor keeps features; else those of " +
        "pictures are kept in RESEARCHKIT_CACHE, or in the user's cache folder." };

    /// <summary>Gives a command the options.</summary>
    public FeatureOptions(Command command)
    {
        _device.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !ComputeDevice.IsName(name))
            {
                result.AddError($"'{name}' is not a device: write cpu, cuda, cuda:0, cuda:1, ... or best.");
            }
        });
        Array.ForEach<Option>([_network, _samples, _seed, _batch, _device, _strict, _noCache], command.Options.Add);
    }

    /// <summary>What was typed; the device is checked to be there, which loads libtorch.</summary>
    public FeatureSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_network)!, parsed.GetValue(_samples), parsed.GetValue(_seed), parsed.GetValue(_batch),
            ComputeDevice.Parse(parsed.GetValue(_device)!), parsed.GetValue(_strict), !parsed.GetValue(_noCache));
}

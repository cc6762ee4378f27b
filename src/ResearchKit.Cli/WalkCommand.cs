using ResearchKit.Experiments.Pages;
using ResearchKit.Imaging;
using ResearchKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class WalkCommand
{
    private const int MostImages = 16;

    public static Command Create()
    {
        var what = Given<string>("what", "A run's folder, a generator's file, or pretrained:NAME, of images.");
        var count = Value("--count", "Images side by side.", 1).AtLeast(1, MostImages);
        var seed = Value<long>("--seed", "Chooses the z that the walk passes.").Whole();
        var port = Value("--port", "The port of the page; left out, one that is free.", 0).AtLeast(0, ushort.MaxValue);
        var threads = Value<int?>("--threads", "CPU threads inside an operation.").AtLeast(1, 256);
        var fold = Flag("--fold", "Changes the generator for drawing alone, so that it is faster, where it can be: as `latency --ways " +
            "all` does.");
        var device = FeatureOptions.DeviceOption();
        device.Description = "Where the generator computes: cpu, cuda, cuda:N or best.";
        var command = new Command("walk", "Serves a page to the browsers of this machine in which a generator's images walk through " +
            "latent space, until Ctrl-C.") { what, count, seed, port, threads, device, fold };
        command.SetWork((parsed, cancellation) =>
        {
            NativeRuntime.EnsureLoaded();
            CpuThreads.Use(parsed.GetValue(threads));
            var place = Typed(() => ComputeDevice.Parse(parsed.GetValue(device)!));
            var name = parsed.GetValue(what)!;
            using var scope = NewDisposeScope();
            using var named = NamedGenerator.Open(name);
            if (named.Generator is ISoundGenerator)
            {
                throw new UsageException($"{name} makes sounds, and a walk shows images: `researchkit sample {name} --wav FILE.wav` " +
                    "lets you hear it.");
            }

            if (named.Generator is IClipGenerator)
            {
                throw new UsageException($"{name} makes clips, and a walk shows images: `researchkit sample {name} --film FILE.png` " +
                    "plays them.");
            }

            named.Generator.to(place);
            var forms = parsed.GetValue(fold) ? InferenceCopy.Fitting(named.Generator) : InferenceForms.None;
            using var copy = forms == InferenceForms.None ? null : InferenceCopy.Of(named.Generator, forms);
            var generator = copy ?? named.Generator;
            using var walk = new LatentWalk(generator, name, parsed.GetValue(count), parsed.GetValue(seed));
            walk.Frame(0); // refuses what makes no images before anybody opens the page
            var about = string.Create(CultureInfo.InvariantCulture, $"A {generator.GetType().Name} of " +
                $"{ModelSummary.Count(named.Generator):N0} parameters{(named.IsFresh ? ", not trained," : "")} on {place}" +
                $"{(place.type == DeviceType.CPU ? $", threads {get_num_threads()}" : "")}; {InfoCommand.Cpu}. From one z to the next " +
                $"along arcs, on which z keeps the length that it has in training.");
            using var server = WalkServer.Start(walk, about, parsed.GetValue(port));
            Console.WriteLine($"{server.Address} shows {name} (Ctrl-C ends it)");
            server.Run(cancellation);
            return 0;
        });
        return command;
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using ResearchKit.Data.Text;
using ResearchKit.Diagnostics;
using ResearchKit.Experiments.Runs;
using ResearchKit.Models;
using ResearchKit.Models.Translation;
using ResearchKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ResearchKit.Cli;

internal static class LatencyCommand
{
    private const string Every = "all";
    private const int MostBatch = 65_536;
    private const int MostThreads = 256;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        var what = new Argument<string[]>("what")
        {
            Description = "Runs, generators' files, pretrained:NAME, or networks by name, which get fresh weights: those are as fast as " +
                "trained ones. Left out: every generator that ships with the kit.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var batch = Value("--batch", "Samples of a call, several with commas between them.", "1,8,64");
        var threads = Value("--threads", "CPU threads inside an operation, likewise; all for one a core.", "1,all");
        var precision = Value("--precision", $"{string.Join(", ", Enum.GetNames<Precision>())}, likewise; BFloat16 by autocast, as in " +
            "training.", nameof(Precision.Full));
        var ways = Value("--ways", $"What is done to the generator first, likewise: plain for nothing, {string.Join(", ", Forms.Keys)}, " +
            "or several of them as dense+channels-last; all for all of them.", "plain,dense+channels-last");
        var seconds = Value("--seconds", "How long each row is timed; up to five times as long for the 100 calls that a p99 needs.", 1.0);
        var seed = Value<long>("--seed", "Chooses z.").Whole();
        var json = Value<string?>("--json", "A file for the rows.");
        var outputs = Value<string?>("--outputs", "A .safetensors file for z, labels and what each way draws from them, in the first of " +
            "the batches: another program can be compared with it.");
        var device = FeatureOptions.DeviceOption();
        device.Description = "Where the generators compute: cpu, cuda, cuda:N or best.";
        var command = new Command("latency", "Measures how long a call of a generator takes, and how many samples a second that is.")
        {
            what, batch, threads, device, precision, ways, seconds, seed, json, outputs,
        };
        command.SetWork((parsed, cancellation) =>
        {
            var batches = Numbers("--batch", parsed.GetValue(batch)!, MostBatch);
            var counts = Numbers("--threads", parsed.GetValue(threads)!, MostThreads, Every);
            var precisions = Listed(parsed.GetValue(precision)!).Select(Arithmetic).Distinct().ToList();
            var asked = Listed(parsed.GetValue(ways)!).Select(Way).Distinct().ToList();
            var length = parsed.GetValue(seconds) is > 0 and <= 3600 and var s ? s
                : throw new UsageException($"--seconds must be a number above 0, at most 3600, not {parsed.GetValue(seconds)}.");
            var loaded = NativeRuntime.EnsureLoaded();
            var place = Typed(() => ComputeDevice.Parse(parsed.GetValue(device)!));
            var names = parsed.GetValue(what) is { Length: > 0 } given ? given : Shipped();
            var machine = $"{InfoCommand.Cpu}; libtorch {InfoCommand.Libtorch(loaded)}";
            Console.WriteLine(machine);
            var plan = new Plan(batches, place.type == DeviceType.CPU ? counts : [CpuThreads.Default], precisions, asked, place, length,
                parsed.GetValue(seed), parsed.GetValue(outputs));
            if (plan.Outputs is not null && names.Length > 1)
            {
                throw new UsageException("--outputs keeps what one generator draws: name one.");
            }

            var rows = new List<LatencyRow>();
            try
            {
                Measure(names, plan, rows, cancellation);
            }
            finally
            {
                if (parsed.GetValue(json) is { } file && rows.Count > 0)
                {
                    TextFile.Write(file, [JsonSerializer.Serialize(new { machine, rows }, Json)]); // whole or not at all
                    Console.WriteLine($"{file} written");
                }
            }

            return 0;
        });
        return command;
    }

    private static Dictionary<string, InferenceForms> Forms { get; } = Enum.GetValues<InferenceForms>()
        .Where(f => f != InferenceForms.None).ToDictionary(Word, f => f);

    private static string[] Shipped() => PretrainedGenerators.Names.Select(n => "pretrained:" + n)
        .Where(n => !TranslatorFile.IsOne(PretrainedGenerators.Resolve(n))).ToArray() is { Length: > 0 } all ? all
        : throw new UsageException("No generator ships with this version of the kit: name a run, a file or a network.");

    private static void Measure(string[] names, Plan plan, List<LatencyRow> rows, CancellationToken cancellation)
    {
        var width = Math.Max(9, names.Max(n => n.Length));
        Console.WriteLine($"{"generator".PadRight(width)}  {"sample",-13}  {"device",-6}  threads  batch  {"precision",-14}  " +
            $"{"way",-27}  calls   p50 ms   p90 ms   p99 ms  samples/s  sound s/s");
        foreach (var name in names)
        {
            using var scope = NewDisposeScope();
            using var named = NamedGenerator.Open(name);
            named.Generator.to(plan.Device);
            var ways = Ways(named, plan.Ways);
            try
            {
                foreach (var (threads, batch, precision, (way, generator)) in plan.Cases(ways))
                {
                    var latency = GeneratorLatency.Of(generator, batch, plan.Seconds, threads, precision, plan.Seed, cancellation);
                    var row = LatencyRow.Of(name, named, plan.Device, threads, precision, Word(way), latency);
                    rows.Add(row);
                    Console.WriteLine(row.Line(width));
                }

                if (plan.Outputs is { } file)
                {
                    Write(file, ways, plan);
                }
            }
            finally
            {
                ways.ForEach(w => (w.Way == InferenceForms.None ? null : w.Generator)?.Dispose());
            }

            if (named.IsFresh)
            {
                Console.WriteLine($"{name}: fresh weights, which are as fast as trained ones");
            }
        }

        if (rows.Any(r => r.P99 is null))
        {
            Console.WriteLine($"no p99: fewer than {GeneratorLatency.CallsForNinetyNine} calls in {5 * plan.Seconds:0.#} s (--seconds)");
        }
    }

    // What fits the generator, each once.
    private static List<(InferenceForms Way, LatentGenerator Generator)> Ways(NamedGenerator named, List<InferenceForms> asked)
    {
        var fitting = asked.Any(w => w != InferenceForms.None) ? InferenceCopy.Fitting(named.Generator) : InferenceForms.None;
        foreach (var way in asked.Where(w => w != InferenceForms.None && (w & fitting) == 0))
        {
            Console.WriteLine($"{named.Name}: {Word(way)} changes nothing in this {named.Generator.GetType().Name}, and is left out");
        }

        return [.. asked.Where(w => w == InferenceForms.None || (w & fitting) != 0).Select(w => w & fitting).Distinct()
            .Select(w => (w, w == InferenceForms.None ? named.Generator : InferenceCopy.Of(named.Generator, w)))];
    }

    private static void Write(string file, List<(InferenceForms Way, LatentGenerator Generator)> ways, Plan plan)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var first = ways[0].Generator;
        var tensors = new Dictionary<string, Tensor> { ["z"] = NormalLatents.Draw(plan.Batches[0], first.LatentSize, plan.Seed) };
        if (first.Labels?.Draw(plan.Batches[0], plan.Seed) is { } labels)
        {
            tensors["labels"] = labels;
        }

        foreach (var (way, generator) in ways)
        {
            generator.eval();
            tensors[Word(way)] = generator.Call(tensors["z"].to(plan.Device), tensors.GetValueOrDefault("labels")).cpu();
        }

        SafetensorsFile.Write(file, tensors);
        Console.WriteLine($"{file} written");
    }

    private static string[] Listed(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    private static int[] Numbers(string option, string text, int most, string? all = null) => [.. Listed(text).Select(part =>
        part == all ? Environment.ProcessorCount
        : int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 1 && n <= most ? n
        : throw new UsageException($"{option} must be whole numbers from 1 to {most}{(all is null ? "" : $" or {all}")}, with commas " +
            $"between them, not '{text}'.")).Distinct()];

    private static Precision Arithmetic(string text) => Enum.GetNames<Precision>().FirstOrDefault(n =>
        n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<Precision>(name)
        : throw new UsageException($"There is no precision '{text}'; there are {string.Join(", ", Enum.GetNames<Precision>())}.");

    private static InferenceForms Way(string text) => text switch
    {
        "plain" => InferenceForms.None,
        Every => Forms.Values.Aggregate((a, b) => a | b),
        _ => text.Split('+').Select(part => Forms.TryGetValue(part, out var form) ? form
            : throw new UsageException($"There is no way '{part}'; there are plain, {string.Join(", ", Forms.Keys)} and {Every}."))
            .Aggregate((a, b) => a | b),
    };

    // ChannelsLast is channels-last here.
    private static string Word(InferenceForms forms) => forms == InferenceForms.None ? "plain"
        : Regex.Replace($"{forms}".Replace(", ", "+", StringComparison.Ordinal), @"(?<=[a-z])(?=[A-Z])", "-").ToLowerInvariant();

    private sealed record Plan(int[] Batches, int[] Threads, List<Precision> Precisions, List<InferenceForms> Ways, Device Device,
        double Seconds, long Seed, string? Outputs)
    {
        public IEnumerable<(int Threads, int Batch, Precision Precision, T Way)> Cases<T>(List<T> ways) =>
            from threads in Threads from batch in Batches from precision in Precisions from way in ways
            select (threads, batch, precision, way);
    }
}

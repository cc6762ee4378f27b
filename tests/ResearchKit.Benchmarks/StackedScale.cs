using System.CommandLine;
using System.Diagnostics;
using ResearchKit.Data;
using ResearchKit.Data.Catalog;
using ResearchKit.Diagnostics.Modes;
using ResearchKit.Metrics.Networks;
using ResearchKit.Models;
using ResearchKit.Runtime;

namespace ResearchKit.Benchmarks;

/// <summary>What real triples of digits, noise and overlaid digits score under the kit's classifier, by gate: the scale that a generator's
/// modes are read on.</summary>
internal static class StackedScale
{
    private const int Part = 500;

    public static Command Command()
    {
        var samples = Arguments.Option("--samples", 2000, "Triples of each kind.");
        var gates = Arguments.Option<double[]>("--gates", [0, 0.5, 0.8, 0.9, 0.95, 0.99], "What the classifier must be sure of.");
        gates.AllowMultipleArgumentsPerToken = true;
        var onlyReal = new Option<bool>("--only-real") { Description = "Leaves all but the real triples out." };
        var command = new Command("stacked-scale",
            "Modes and KL that real triples, noise and overlaid digits score, by confidence gate.") { samples, gates, onlyReal };
        command.SetAction(p => Run(p.GetValue(samples), p.GetValue(gates)!, p.GetValue(onlyReal)));
        return command;
    }

    private static void Run(int samples, double[] gates, bool onlyReal)
    {
        CpuThreads.Use(1);
        using var noGrad = no_grad();
        using var classifier = FeatureNetworks.Load("digits-28");
        using var digits = DataCatalog.Find().LoadImages("digits", "test");
        var perfect = StackedExpectation.Of(samples);
        var shares = Enumerable.Range(0, 10).Select(d => digits.Labels!.eq(d).to(ScalarType.Float64).mean().item<double>()).ToArray();
        var real = StackedExpectation.Of(samples, [.. from a in shares from b in shares from c in shares select a * b * c]);
        Console.WriteLine($"perfect, uniform triples: {perfect.Modes:0.0} modes, KL {perfect.ReverseKl:0.0000}; " +
            $"perfect, these digits' shares: {real.Modes:0.0} modes, KL {real.ReverseKl:0.0000}");
        using var triples = new StackedDigits(digits, samples, seed: 2);
        Tensor Real(int start) => triples.Batch(arange(start, Math.Min(start + Part, samples)));
        RandomState.Seed(1);
        using var generator = new UnrolledDigitsGenerator();
        Dictionary<string, Func<int, Tensor>> kinds = new()
        {
            ["real triples"] = Real,
            ["uniform noise"] = _ => rand(Part, 3, 28, 28) * 2 - 1,
            ["untrained generator"] = start => generator.call(NormalLatents.Draw(Part, 256, start)),
            ["mean of two digits"] = start => (Real(start) + Real(start).flip(0)) / 2,
        };
        foreach (var (kind, make) in kinds.Take(onlyReal ? 1 : kinds.Count))
        {
            foreach (var gate in gates)
            {
                var clock = Stopwatch.StartNew();
                var modes = StackedModes.Measure(Parts(samples, make), classifier, gate);
                Console.WriteLine($"{kind}, {clock.Elapsed.TotalSeconds:0.0} s: {modes}");
            }
        }
    }

    private static IEnumerable<Tensor> Parts(int samples, Func<int, Tensor> make)
    {
        for (var start = 0; start < samples; start += Part)
        {
            using var scope = NewDisposeScope();
            yield return make(start);
        }
    }
}

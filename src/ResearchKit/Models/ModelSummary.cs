using System.Globalization;

namespace ResearchKit.Models;

/// <summary>What a network consists of: every layer with its output's shape and its parameters.</summary>
/// <param name="Name">The network's name.</param>
/// <param name="InputShape">The shape of the input that was sent through.</param>
/// <param name="Layers">The layers in the order in which they ran.</param>
/// <param name="Parameters">Trainable numbers in the whole network.</param>
public sealed record ModelSummary(string Name, IReadOnlyList<long> InputShape, IReadOnlyList<LayerSummary> Layers, long Parameters)
{
    /// <summary>Sends zeros through the network in evaluation mode and notes what every layer gives.</summary>
    /// <param name="network">The network; its mode, its weights and its random streams stay as they are.</param>
    /// <param name="inputShape">The input's shape with the batch, for example (1, 100).</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The network does not take that shape.</exception>
    public static ModelSummary Of(nn.Module<Tensor, Tensor> network, params long[] inputShape)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var layers = new List<LayerSummary>();
        var hooks = new List<Action>(); // what takes each away again
        foreach (var (name, module) in network.named_modules())
        {
            if (module is nn.Module<Tensor, Tensor> leaf && !module.children().Any())
            {
                hooks.Add(leaf.register_forward_hook((_, _, output) => Note(name, module, output)).remove);
            }
            else if (module is nn.Module<Tensor, Tensor, Tensor> layer && Own(module) > 0) // it may hold another and have weights besides
            {
                hooks.Add(layer.register_forward_hook((_, _, _, output) => Note(name, module, output)).remove);
            }
        }

        using var evaluation = new EvaluationMode(network);
        try
        {
            var parameter = network.parameters().FirstOrDefault();
            var input = zeros(inputShape, parameter?.dtype ?? ScalarType.Float32, parameter?.device ?? CPU);
            network.Call(input, zeros(inputShape[0], ScalarType.Int64)); // of the first class
        }
        finally
        {
            hooks.ForEach(remove => remove());
        }

        return new ModelSummary(network.GetName(), inputShape, layers, Count(network));

        Tensor Note(string name, nn.Module module, Tensor output)
        {
            layers.Add(new LayerSummary(name, module.GetType().Name, output.shape, Own(module)));
            return output;
        }

        static long Own(nn.Module module) => module.parameters(recurse: false).Where(p => p.requires_grad).Sum(p => p.numel());
    }

    /// <summary>The summary as a table of plain text: a layer that ran many times, as a recurrent one, is one line of it.</summary>
    public override string ToString()
    {
        string[][] rows =
        [
            ["layer", Name, "output", "parameters"],
            .. Layers.GroupBy(l => l.Name).Select(calls => (Layer: calls.First(), Times: calls.Count())).Select(l => (string[])
                [l.Layer.Name, l.Layer.Type + (l.Times > 1 ? $", {l.Times} times" : ""), Shape(l.Layer.OutputShape),
                    Number(l.Layer.Parameters)]),
            ["total", "", "", Number(Parameters)],
        ];
        int Width(int column) => rows.Max(r => r[column].Length);
        var (name, type, shape, number) = (Width(0), Width(1), Width(2), Width(3));
        return string.Concat(rows.Select(r =>
            $"{r[0].PadRight(name)}  {r[1].PadRight(type)}  {r[2].PadRight(shape)}  {r[3].PadLeft(number)}\n"));
    }

    /// <summary>A shape as text, for example <c>(1, 64, 14, 14)</c>.</summary>
    public static string Shape(IReadOnlyList<long> shape) => $"({string.Join(", ", shape)})";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Trainable numbers in a network.</summary>
    /// <param name="module">The network.</param>
    public static long Count(nn.Module module) => module.parameters().Where(p => p.requires_grad).Sum(p => p.numel());
}

/// <summary>One layer of a <see cref="ModelSummary"/>.</summary>
/// <param name="Name">The layer's path in the network, as in its state-dict keys.</param>
/// <param name="Type">The layer's type, for example <c>Conv2d</c>.</param>
/// <param name="OutputShape">The shape of its output for the summary's input.</param>
/// <param name="Parameters">Trainable numbers in the layer.</param>
public sealed record LayerSummary(string Name, string Type, IReadOnlyList<long> OutputShape, long Parameters);

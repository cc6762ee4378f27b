using System.Globalization;
using System.Text;

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
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The network does not take that shape; the message is
    /// libtorch's.</exception>
    public static ModelSummary Of(nn.Module<Tensor, Tensor> network, params long[] inputShape)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var layers = new List<LayerSummary>();
        var hooks = Leaves(network).Select(leaf => Watch(leaf.Name, leaf.Layer, layers)).ToList();
        using var evaluation = new EvaluationMode(network);
        try
        {
            var parameter = network.parameters().FirstOrDefault();
            network.call(zeros(inputShape, parameter?.dtype ?? ScalarType.Float32, parameter?.device ?? CPU));
        }
        finally
        {
            hooks.ForEach(remove => remove());
        }

        return new ModelSummary(network.GetName(), inputShape, layers, Count(network));
    }

    /// <summary>The summary as a table of plain text.</summary>
    public override string ToString()
    {
        var rows = Layers
            .Select(l => (l.Name, l.Type, Shape: Shape(l.OutputShape), Parameters: Number(l.Parameters)))
            .Prepend((Name: "layer", Type: Name, Shape: "output", Parameters: "parameters"))
            .Append((Name: "total", Type: "", Shape: "", Parameters: Number(Parameters)))
            .ToList();
        int[] widths = [rows.Max(r => r.Name.Length), rows.Max(r => r.Type.Length), rows.Max(r => r.Shape.Length),
            rows.Max(r => r.Parameters.Length)];
        var text = new StringBuilder();
        foreach (var (name, type, shape, parameters) in rows)
        {
            text.Append(name.PadRight(widths[0])).Append("  ").Append(type.PadRight(widths[1])).Append("  ")
                .Append(shape.PadRight(widths[2])).Append("  ").Append(parameters.PadLeft(widths[3])).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A shape as text, for example <c>(1, 64, 14, 14)</c>.</summary>
    public static string Shape(IReadOnlyList<long> shape) => $"({string.Join(", ", shape)})";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static long Count(nn.Module module) => module.parameters().Where(p => p.requires_grad).Sum(p => p.numel());

    private static IEnumerable<(string Name, nn.Module<Tensor, Tensor> Layer)> Leaves(nn.Module network) =>
        network.named_modules()
            .Where(m => !m.module.children().Any() && m.module is nn.Module<Tensor, Tensor>)
            .Select(m => (m.name, (nn.Module<Tensor, Tensor>)m.module));

    private static Action Watch(string name, nn.Module<Tensor, Tensor> layer, List<LayerSummary> layers) =>
        layer.register_forward_hook((module, _, output) =>
        {
            layers.Add(new LayerSummary(name, module.GetType().Name, output.shape, Count(module)));
            return output;
        }).remove;
}

/// <summary>One layer of a <see cref="ModelSummary"/>.</summary>
/// <param name="Name">The layer's path in the network, as in its state-dict keys.</param>
/// <param name="Type">The layer's type, for example <c>Conv2d</c>.</param>
/// <param name="OutputShape">The shape of its output for the summary's input.</param>
/// <param name="Parameters">Trainable numbers in the layer.</param>
public sealed record LayerSummary(string Name, string Type, IReadOnlyList<long> OutputShape, long Parameters);

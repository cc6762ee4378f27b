using System.Globalization;
using ResearchKit.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResearchKit.Models;

/// <summary>Builds the layers that the fully connected generator and discriminator share.</summary>
internal static class MlpLayers
{
    public static Sequential Build(int inputs, int outputs, MlpOptions options)
    {
        options.Validate();
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        void Add(nn.Module<Tensor, Tensor> layer) => layers.Add((layers.Count.ToString(CultureInfo.InvariantCulture), layer));

        foreach (var width in options.Widths)
        {
            if (options.Activation == MlpActivation.Maxout)
            {
                Add(new LinearMaxout(inputs, width, options.MaxoutPieces)); // (B, width)
            }
            else
            {
                Add(nn.Linear(inputs, width, hasBias: !options.BatchNorm)); // (B, width)
                if (options.BatchNorm)
                {
                    Add(nn.BatchNorm1d(width));
                }

                Add(Activation(options));
            }

            inputs = width;
        }

        Add(nn.Linear(inputs, outputs)); // (B, outputs)
        var network = nn.Sequential(layers);
        Initialize(network, options.Weights);
        return network;
    }

    private static nn.Module<Tensor, Tensor> Activation(MlpOptions options) => options.Activation switch
    {
        MlpActivation.Relu => nn.ReLU(),
        MlpActivation.LeakyRelu => nn.LeakyReLU(options.LeakySlope),
        MlpActivation.Tanh => nn.Tanh(),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    private static void Initialize(Sequential network, MlpWeights weights)
    {
        if (weights == MlpWeights.Torch)
        {
            return;
        }

        using var noGrad = no_grad();
        foreach (var layer in network.modules().OfType<Linear>())
        {
            nn.init.normal_(layer.weight!, 0, weights == MlpWeights.Normal ? 0.02 : Math.Sqrt(2.0 / layer.weight!.shape[1]));
            if (layer.bias is { } bias)
            {
                nn.init.zeros_(bias);
            }
        }
    }
}

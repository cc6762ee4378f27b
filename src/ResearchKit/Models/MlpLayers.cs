using System.Globalization;
using ResearchKit.Models.Layers;
using TorchSharp.Modules;

namespace ResearchKit.Models;

/// <summary>Builds the layers that the fully connected generator and discriminator share.</summary>
internal static class MlpLayers
{
    public static Sequential Build(int inputs, int outputs, MlpOptions options)
    {
        options.Validate();
        var isSpectral = options.Normalization == MlpNormalization.Spectral;
        nn.Module<Tensor, Tensor> Linear(int from, int to, bool hasBias) =>
            isSpectral ? new SpectralLinear(from, to, hasBias) : nn.Linear(from, to, hasBias);
        var layers = new List<(string, nn.Module<Tensor, Tensor>)>();
        void Add(nn.Module<Tensor, Tensor> layer) => layers.Add((layers.Count.ToString(CultureInfo.InvariantCulture), layer));

        foreach (var width in options.Widths)
        {
            if (options.Activation == MlpActivation.Maxout)
            {
                Add(new LinearMaxout(inputs, width, options.MaxoutPieces, isSpectral)); // (B, width)
            }
            else
            {
                var norm = Normalization(options.Normalization, width);
                Add(Linear(inputs, width, hasBias: options.Normalization != MlpNormalization.Batch)); // (B, width)
                if (norm is not null)
                {
                    Add(norm);
                }

                Add(Activation(options));
            }

            inputs = width;
        }

        if (options.MinibatchStandardDeviation != 0)
        {
            Add(new MinibatchStandardDeviation(options.MinibatchStandardDeviation)); // (B, inputs + 1)
            inputs++;
        }

        Add(Linear(inputs, outputs, hasBias: true)); // (B, outputs)
        var network = nn.Sequential(layers);
        Initialize(network, options.Weights);
        return network;
    }

    private static nn.Module<Tensor, Tensor>? Normalization(MlpNormalization normalization, int width) => normalization switch
    {
        MlpNormalization.Batch => nn.BatchNorm1d(width),
        MlpNormalization.Layer => nn.LayerNorm(width),
        _ => null,
    };

    private static nn.Module<Tensor, Tensor> Activation(MlpOptions options) => options.Activation switch
    {
        MlpActivation.Relu => nn.ReLU(),
        MlpActivation.LeakyRelu => new Layers.LeakyReLU(options.LeakySlope),
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
        foreach (var layer in network.modules())
        {
            var (weight, bias) = layer switch
            {
                Linear linear => (linear.weight, linear.bias),
                SpectralLayer spectral => (spectral.TrainedWeight, spectral.TrainedBias),
                _ => (null, null),
            };
            if (weight is not null)
            {
                nn.init.normal_(weight, 0, weights == MlpWeights.Normal ? 0.02 : Math.Sqrt(2.0 / weight.shape[1]));
            }

            if (bias is not null)
            {
                nn.init.zeros_(bias);
            }
        }
    }
}

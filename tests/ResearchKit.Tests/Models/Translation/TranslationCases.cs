using ResearchKit.Models.Translation;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Models.Translation;

/// <summary>The networks of tests/peers/image_to_image.py.</summary>
internal static class TranslationCases
{
    /// <summary>Builds a network by the script's name for it, with the script's weights.</summary>
    public static nn.Module<Tensor, Tensor> Load(string part, IReadOnlyDictionary<string, Tensor> reference)
    {
        nn.Module<Tensor, Tensor> network = part switch
        {
            "a_to_b" or "b_to_a" => new ResNetTranslator(features: 4, blocks: 2),
            "of_a" or "of_b" => new PatchDiscriminator(3, 4, 1),
            "g" => new UNetTranslator(5, features: 3),
            _ => new PatchDiscriminator(6, 4, 2, TranslationNormalization.Batch),
        };
        network.load_state_dict(reference.Where(t => t.Key.StartsWith($"{part}.", StringComparison.Ordinal))
            .ToDictionary(t => t.Key[(part.Length + 1)..], t => t.Value));
        return network;
    }
}

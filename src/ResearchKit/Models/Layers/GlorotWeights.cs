namespace ResearchKit.Models.Layers;

/// <summary>Glorot and Bengio's uniform weights, with which TensorFlow and the WGAN-GP authors' library begin, and biases of 0.</summary>
internal static class GlorotWeights
{
    /// <summary>Draws all weights of a network anew, from the global random generator.</summary>
    /// <param name="network">Has parameters whose names end in <c>weight</c> or <c>bias</c>.</param>
    /// <param name="ofConvolutions">What the weights of convolutions are multiplied by.</param>
    public static void Draw(nn.Module network, double ofConvolutions = 1)
    {
        using var noGrad = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (name.EndsWith("bias", StringComparison.Ordinal))
            {
                nn.init.zeros_(parameter);
            }
            else
            {
                nn.init.xavier_uniform_(parameter, parameter.dim() > 2 ? ofConvolutions : 1);
            }
        }
    }
}

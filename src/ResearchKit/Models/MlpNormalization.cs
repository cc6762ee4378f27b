namespace ResearchKit.Models;

/// <summary>What a fully connected network normalises.</summary>
public enum MlpNormalization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Batch normalisation before each activation (arXiv:1502.03167); the layer before it then has no bias. Not with
    /// maxout.</summary>
    Batch,

    /// <summary>Layer normalisation before each activation (Ba et al., arXiv:1607.06450): each sample over its units. Not with
    /// maxout.</summary>
    Layer,

    /// <summary>Spectral normalisation of every weight, the last layer's too (Miyato et al., arXiv:1802.05957). A maxout layer is then
    /// 1-Lipschitz as well.</summary>
    Spectral,
}

namespace ResearchKit.Models;

/// <summary>What a convolutional discriminator normalises in its hidden layers.</summary>
public enum DiscriminatorNormalization
{
    /// <summary>Nothing: the choice of R3GAN (arXiv:2501.05441), and of a penalty that looks at each sample alone.</summary>
    None,

    /// <summary>Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167): a sample's logit then depends on its batch.</summary>
    Batch,

    /// <summary>Instance normalisation with a scale and a shift for each channel (Ulyanov et al., arXiv:1607.08022): each channel of each
    /// sample by itself.</summary>
    Instance,

    /// <summary>
    /// Layer normalisation (Ba et al., arXiv:1607.06450): each sample over all its channels and places, with a scale and a shift for each
    /// channel.
    /// What WGAN-GP's authors put in place of batch normalisation (arXiv:1704.00028, section 4).
    /// </summary>
    Layer,

    /// <summary>Spectral normalisation of every weight, the first and the last too (Miyato et al., arXiv:1802.05957): not of what flows
    /// through.</summary>
    Spectral,
}

namespace ResearchKit.Models;

/// <summary>What follows each hidden layer of a fully connected network.</summary>
public enum MlpActivation
{
    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>x above 0, <see cref="MlpOptions.LeakySlope"/> x below.</summary>
    LeakyRelu,

    /// <summary>tanh(x): a smooth network, whose penalties have a gradient everywhere.</summary>
    Tanh,

    /// <summary>The greatest of <see cref="MlpOptions.MaxoutPieces"/> linear functions a unit: Goodfellow et al.,
    /// arXiv:1302.4389.</summary>
    Maxout,
}

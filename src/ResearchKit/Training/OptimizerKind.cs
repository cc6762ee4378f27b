namespace ResearchKit.Training;

/// <summary>The rule that turns a gradient into a step.</summary>
public enum OptimizerKind
{
    /// <summary>Kingma and Ba, arXiv:1412.6980, algorithm 1; eps 1e-8. <see cref="TrainerOptions.Beta1"/> and
    /// <see cref="TrainerOptions.Beta2"/> are its decays.</summary>
    Adam,

    /// <summary>RMSProp as in PyTorch: the gradient over the root of a running mean of its square; decay .99, eps 1e-8. WGAN's
    /// (arXiv:1701.07875, algorithm 1).</summary>
    RmsProp,

    /// <summary>The gradient times the learning rate, as theory assumes.</summary>
    GradientDescent,
}

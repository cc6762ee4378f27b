using ResearchKit.Runtime;

namespace ResearchKit.Diagnostics.Monitors;

/// <summary>How large the weights of both players are.</summary>
/// <param name="Generator">Euclidean norm of all of G's parameters.</param>
/// <param name="Discriminator">Euclidean norm of all of D's parameters.</param>
public readonly record struct WeightNorms(double Generator, double Discriminator)
{
    private static readonly ScriptFunctions Functions = new("""
        def norm(params: List[Tensor]) -> Tensor:
            return torch.stack(torch._foreach_norm(params, 2.)).norm()

        """);

    /// <summary>Measures networks as they are now; on a GPU this waits for it.</summary>
    /// <param name="generator">G, with parameters.</param>
    /// <param name="discriminator">D, likewise.</param>
    /// <returns>A measurement; it keeps no tensor.</returns>
    public static WeightNorms Of(nn.Module generator, nn.Module discriminator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        return new WeightNorms(Norm([.. generator.parameters()]), Norm([.. discriminator.parameters()]));
    }

    /// <summary>A measurement that lists the parameters once: for networks that stay where they are.</summary>
    /// <param name="generator">G, with parameters.</param>
    /// <param name="discriminator">D, likewise.</param>
    public static Func<WeightNorms> Meter(nn.Module generator, nn.Module discriminator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        Tensor[] g = [.. generator.parameters()], d = [.. discriminator.parameters()];
        return () => new WeightNorms(Norm(g), Norm(d));
    }

    private static double Norm(Tensor[] parameters)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return ((Tensor)Functions.Call("norm", [parameters])!).to(ScalarType.Float64, CPU).item<double>();
    }
}

namespace ResearchKit.Notebooks.Html;

/// <summary>The TeX commands that <see cref="MathMarkup"/> knows.</summary>
internal static class MathSymbols
{
    public static readonly Dictionary<string, string> Identifiers = Pairs("""
        alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε eta η theta θ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ chi χ phi ϕ
        varphi φ psi ψ omega ω Omega Ω Sigma Σ Delta Δ Phi Φ Psi Ψ infty ∞ ell ℓ top ⊤
        arg arg log log ln ln exp exp sin sin cos cos tanh tanh softplus softplus
        """);

    public static readonly Dictionary<string, string> Operators = Pairs("""
        sim ∼ cdot ⋅ times × in ∈ to → le ≤ leq ≤ ge ≥ geq ≥ approx ≈ neq ≠ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ pm ± mid ∣ ldots …
        dots … lVert ‖ rVert ‖ Vert ‖ lvert | rvert | leftarrow ← { { } } min min max max
        """);

    public static readonly HashSet<string> Ignored = ["big", "left", "right", "bigl", "bigr"];

    public static readonly Dictionary<string, string> Spaces = new()
    {
        [","] = "0.17em",
        [";"] = "0.28em",
        [" "] = "0.25em",
        ["quad"] = "1em",
        ["qquad"] = "2em",
        ["!"] = "-0.17em",
    };

    public static readonly Dictionary<string, string> Accents = Pairs("hat ^ bar ¯ tilde ~");

    public static readonly Dictionary<string, string> Letters = new()
    {
        ["mathbb E"] = "𝔼",
        ["mathbb R"] = "ℝ",
        ["mathcal N"] = "𝒩",
        ["mathcal L"] = "ℒ",
        ["mathcal U"] = "𝒰",
    };

    private static Dictionary<string, string> Pairs(string text) =>
        text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
}

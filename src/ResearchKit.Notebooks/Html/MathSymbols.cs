namespace ResearchKit.Notebooks.Html;

/// <summary>The TeX commands that <see cref="MathMarkup"/> knows.</summary>
internal static class MathSymbols
{
    public static readonly Dictionary<string, string> Identifiers = new()
    {
        ["alpha"] = "α", ["beta"] = "β", ["gamma"] = "γ", ["delta"] = "δ", ["epsilon"] = "ϵ", ["varepsilon"] = "ε", ["theta"] = "θ", ["lambda"] = "λ", ["mu"] = "μ",
        ["nu"] = "ν", ["pi"] = "π", ["rho"] = "ρ", ["sigma"] = "σ", ["tau"] = "τ", ["chi"] = "χ", ["phi"] = "φ", ["psi"] = "ψ", ["omega"] = "ω", ["Omega"] = "Ω", ["Sigma"] = "Σ",
        ["Delta"] = "Δ", ["infty"] = "∞", ["ell"] = "ℓ",
        ["log"] = "log", ["ln"] = "ln", ["exp"] = "exp", ["sin"] = "sin", ["cos"] = "cos", ["tanh"] = "tanh", ["softplus"] = "softplus",
    };

    public static readonly Dictionary<string, string> Operators = new()
    {
        ["sim"] = "∼", ["cdot"] = "⋅", ["times"] = "×", ["in"] = "∈", ["to"] = "→", ["le"] = "≤", ["leq"] = "≤", ["ge"] = "≥", ["geq"] = "≥", ["approx"] = "≈", ["neq"] = "≠",
        ["partial"] = "∂", ["nabla"] = "∇", ["sum"] = "∑", ["prod"] = "∏", ["int"] = "∫", ["pm"] = "±", ["mid"] = "∣", ["ldots"] = "…", ["lVert"] = "‖", ["rVert"] = "‖", ["Vert"] = "‖",
        ["leftarrow"] = "←", ["{"] = "{", ["}"] = "}", ["min"] = "min", ["max"] = "max", ["big"] = "", ["left"] = "", ["right"] = "", ["bigl"] = "", ["bigr"] = "",
    };

    public static readonly Dictionary<string, string> Spaces = new() { [","] = "0.17em", [";"] = "0.28em", [" "] = "0.25em", ["quad"] = "1em", ["qquad"] = "2em", ["!"] = "-0.17em" };

    public static readonly Dictionary<string, string> Alphabets = new() { ["mathbb"] = "double-struck", ["mathcal"] = "script", ["mathbf"] = "bold", ["mathrm"] = "normal" };

    public static readonly Dictionary<string, string> Letters = new() { ["double-struck E"] = "𝔼", ["double-struck R"] = "ℝ", ["script N"] = "𝒩", ["script L"] = "ℒ", ["script U"] = "𝒰" };

    public static readonly Dictionary<string, string> Accents = new() { ["hat"] = "^", ["bar"] = "¯", ["tilde"] = "~" };
}

namespace ResearchKit.Interactive;

/// <summary>Checks of a notebook's exercises: they say whether the reader has solved them, and stop nothing.</summary>
public static class Exercise
{
    /// <summary>Writes whether the exercise is solved.</summary>
    /// <param name="solved">True when the reader's answer is right.</param>
    /// <param name="goal">What the answer is to be, as a sentence part.</param>
    /// <param name="hint">Where to look while it is not.</param>
    /// <returns>The first argument.</returns>
    public static bool Check(bool solved, string goal, string hint)
    {
        Console.WriteLine(solved ? $"✓ solved: {goal}." : $"✗ not solved yet: {goal}. Hint: {hint}");
        return solved;
    }
}

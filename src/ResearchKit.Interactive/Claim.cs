namespace ResearchKit.Interactive;

/// <summary>Statements of a notebook that are checked when it runs.</summary>
public static class Claim
{
    /// <summary>Writes the claim when it holds, and fails the cell when it does not.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="claim">The statement as a sentence without its full stop, with the numbers that it rests on.</param>
    /// <param name="otherwise">What to look at when it fails; left out where the claim says enough.</param>
    /// <param name="when">False where the parameters are not those that the claim is about, as with too few steps: then it is written
    /// that it was not checked.</param>
    /// <exception cref="ClaimFailedException">The condition is false, and <paramref name="when"/> is true.</exception>
    public static void That(bool holds, string claim, string? otherwise = null, bool when = true)
    {
        if (!when)
        {
            Console.WriteLine($"○ not checked with these parameters: {claim}");
            return;
        }

        if (!holds)
        {
            throw new ClaimFailedException($"This does not hold: {claim}.{(otherwise is null ? "" : " " + otherwise)}");
        }

        Console.WriteLine($"✓ {claim}");
    }
}

/// <summary>A notebook's statement that did not hold.</summary>
/// <param name="message">The statement that failed, and what to look at.</param>
public sealed class ClaimFailedException(string message) : Exception(message);

/// <summary>Checks of a notebook's exercises: they say whether the reader has solved them, and stop nothing.</summary>
public static class Exercise
{
    private static readonly Dictionary<string, Func<bool>> s_asked = [];

    /// <summary>Writes whether the exercise is solved, and keeps the check for <see cref="CheckAgain"/>.</summary>
    /// <param name="solved">Says whether the reader's answer is right.</param>
    /// <param name="goal">What the answer is to be, as a sentence part.</param>
    /// <param name="hint">Where to look while it is not.</param>
    /// <returns>What <paramref name="solved"/> says.</returns>
    public static bool Check(Func<bool> solved, string goal, string hint)
    {
        ArgumentNullException.ThrowIfNull(solved);
        s_asked[goal] = () => Check(solved(), goal, hint); // a cell that runs again asks anew
        return s_asked[goal]();
    }

    /// <summary>Asks every exercise again that was asked with a function, for cells that give solutions.</summary>
    /// <returns>True when all are solved now.</returns>
    /// <exception cref="InvalidOperationException">No exercise was asked before.</exception>
    public static bool CheckAgain() =>
        s_asked.Count > 0
            ? s_asked.Values.Select(ask => ask()).ToList().TrueForAll(solved => solved)
            : throw new InvalidOperationException("No exercise has been checked yet: run its cell first.");

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

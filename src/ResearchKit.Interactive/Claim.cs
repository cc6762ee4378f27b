namespace ResearchKit.Interactive;

/// <summary>Statements of a notebook that are checked when it runs.</summary>
public static class Claim
{
    /// <summary>Writes the claim when it holds, and fails the cell when it does not.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="claim">The statement as a sentence without its full stop, with the numbers that it rests on.</param>
    /// <param name="otherwise">What to look at when it fails; left out where the claim says enough.</param>
    /// <exception cref="ClaimFailedException">The condition is false.</exception>
    public static void That(bool holds, string claim, string? otherwise = null)
    {
        if (!holds)
        {
            throw new ClaimFailedException($"This does not hold: {claim}.{(otherwise is null ? "" : " " + otherwise)}");
        }

        Console.WriteLine($"✓ {claim}");
    }
}

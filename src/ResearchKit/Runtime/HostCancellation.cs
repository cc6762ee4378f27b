namespace ResearchKit.Runtime;

/// <summary>The wish of a program that hosts the kit, as a notebook's kernel, that the work in progress ends.</summary>
/// <remarks>Training heeds it without being handed a token: whoever presses Stop did not think of one when the cell was
/// written.</remarks>
public static class HostCancellation
{
    /// <summary>Asked by each training when it starts; null where no host has a wish.</summary>
    public static Func<CancellationToken>? Source { get; set; }

    internal static CancellationToken Current => Source?.Invoke() ?? CancellationToken.None;
}

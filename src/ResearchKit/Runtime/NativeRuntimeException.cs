namespace ResearchKit.Runtime;

/// <summary>A native library (libtorch, TorchSharp's or SkiaSharp's) could not be found or loaded. The message names every place tried and
/// the cure.</summary>
public sealed class NativeRuntimeException : Exception
{
    /// <summary>Creates the exception with a message that names what was tried and what to do.</summary>
    /// <param name="message">One readable text: what failed, where, what to do.</param>
    /// <param name="innerException">The loader's own error, if there was one.</param>
    public NativeRuntimeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

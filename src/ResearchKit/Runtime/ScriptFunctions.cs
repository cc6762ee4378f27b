namespace ResearchKit.Runtime;

/// <summary>Functions in TorchScript, compiled when the first of them is called: what they do with whole lists of tensors costs one native
/// call, and an error in them is an exception.</summary>
/// <param name="source">Definitions in TorchScript's Python, each with its types.</param>
internal sealed class ScriptFunctions(string source)
{
    private readonly Lazy<jit.CompilationUnit> _unit = new(() =>
    {
        NativeRuntime.EnsureLoaded();
        return jit.compile(source);
    });

    /// <summary>Calls a function.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">Tensors, arrays of tensors and numbers; a <see cref="Scalar"/> stays the caller's.</param>
    /// <returns>What it returns: a tensor, an array of tensors, or null for nothing.</returns>
    public object? Call(string function, params object[] arguments)
    {
        // TorchSharp makes a native number of each double and keeps nothing that holds it, so the collector may free it before the script
        // has read it: here each one is held until the script is done.
        var held = new object[arguments.Length];
        for (var i = 0; i < held.Length; i++)
        {
            held[i] = arguments[i] switch { double d => (Scalar)d, long l => (Scalar)l, var other => other };
        }

        try
        {
            return _unit.Value.invoke(function, held);
        }
        finally
        {
            for (var i = 0; i < held.Length; i++)
            {
                if (!ReferenceEquals(held[i], arguments[i]))
                {
                    ((Scalar)held[i]).Dispose();
                }
            }

            GC.KeepAlive(arguments);
        }
    }
}

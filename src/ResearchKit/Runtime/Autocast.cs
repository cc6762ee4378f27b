namespace ResearchKit.Runtime;

/// <summary>PyTorch's autocast to bfloat16 on the calling thread, until it is disposed. TorchSharp has none, so libtorch is called
/// directly.</summary>
/// <remarks>Only what runs inside is cast; a backward pass may run outside, as PyTorch advises. Not for nesting, but for one that switches
/// it off inside.</remarks>
internal sealed unsafe class Autocast : IDisposable
{
    private static readonly Lazy<(nint Enable, nint SetType, nint ClearCache)> Entry = new(Find);

    private readonly DeviceType _device;
    private readonly bool _on;

    public Autocast(DeviceType device, bool on = true)
    {
        (_device, _on) = (device, on);
        var bfloat16 = (sbyte)ScalarType.BFloat16;
        ((delegate* unmanaged<sbyte, sbyte, void>)Entry.Value.SetType)((sbyte)device, bfloat16);
        Enable(on);
    }

    /// <summary>Looks libtorch's entry points up, so that a training that cannot use them ends before it begins.</summary>
    /// <exception cref="PlatformNotSupportedException">This libtorch lacks them under the names of Linux and macOS, as on
    /// Windows.</exception>
    public static void RequireSupport() => _ = Entry.Value;

    public void Dispose()
    {
        Enable(!_on);
        if (_on)
        {
            ((delegate* unmanaged<void>)Entry.Value.ClearCache)(); // it holds cast copies of weights, which will have moved
        }
    }

    private static (nint, nint, nint) Find()
    {
        var folder = NativeRuntime.EnsureLoaded().LibtorchFolder;
        return (Symbol("_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb"),
            Symbol("_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE"),
            Symbol("_ZN2at8autocast11clear_cacheEv"));

        nint Symbol(string name) => NativeRuntime.TorchFunction(folder, name) is var address and not 0
            ? address
            : throw new PlatformNotSupportedException(
                $"This libtorch does not export {name}, which bfloat16 autocast needs: train with another Precision.");
    }

    private void Enable(bool on) => ((delegate* unmanaged<sbyte, byte, void>)Entry.Value.Enable)((sbyte)_device, on ? (byte)1 : (byte)0);
}

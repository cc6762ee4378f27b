using System.Globalization;

namespace ResearchKit.Runtime;

/// <summary>Names of compute devices, as users write them: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>best</c>.</summary>
public static class ComputeDevice
{
    /// <summary>The first CUDA device where there is one, else the CPU.</summary>
    public static Device Best => CudaProblem is null ? new Device(DeviceType.CUDA, 0) : CPU;

    /// <summary>Null when CUDA can be used; else the reason why not, in one sentence part.</summary>
    public static string? CudaProblem
    {
        get
        {
            if (NativeRuntime.EnsureLoaded().CudaProblem is { } problem)
            {
                return problem;
            }

            // TorchSharp hides the loader's error; with the libraries loaded by full path what is left is a missing device or driver.
            return TryInitializeDeviceType(DeviceType.CUDA) && cuda.is_available() && cuda.device_count() > 0
                ? null
                : "libtorch's CUDA libraries are loaded, but no CUDA device answers (is the driver installed, is CUDA_VISIBLE_DEVICES " +
                "set?)";
        }
    }

    /// <summary>Whether a name is one of those that <see cref="Parse"/> understands, be the device there or not. Loads nothing.</summary>
    /// <param name="name">Any text.</param>
    public static bool IsName(string name) => Parts(name) is ["CPU"] or ["BEST"] or ["CUDA", _];

    /// <summary>The device that <paramref name="name"/> asks for, checked to exist.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>best</c>; case does not matter.</param>
    /// <returns>The device. The caller need not dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none of these, or the device is not there; the message says why.</exception>
    public static Device Parse(string name)
    {
        NativeRuntime.EnsureLoaded();
        return Parts(name) switch
        {
            ["CPU"] => CPU,
            ["BEST"] => Best,
            ["CUDA", var index] => Cuda(int.Parse(index, CultureInfo.InvariantCulture)),
            _ => throw new ArgumentException($"'{name}' is not a device: write cpu, cuda, cuda:0, cuda:1, ... or best.", nameof(name)),
        };
    }

    // CPU, BEST, or CUDA and an index; nothing for another name.
    private static string[] Parts(string name) => name.Trim().ToUpperInvariant().Split(':') switch
    {
        ["CUDA"] => ["CUDA", "0"],
        ["CUDA", var index] when !int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out _) => [],
        var parts => parts,
    };

    private static Device Cuda(int index)
    {
        if (CudaProblem is { } problem)
        {
            throw new ArgumentException($"cuda:{index} cannot be used: {problem}. Use cpu, or see environment.md on CUDA.", nameof(index));
        }

        if (index >= cuda.device_count())
        {
            throw new ArgumentException($"cuda:{index} does not exist: this machine has {cuda.device_count()} CUDA device(s), counted " +
                $"from 0.", nameof(index));
        }

        return new Device(DeviceType.CUDA, index);
    }
}

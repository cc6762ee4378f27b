using CsCheck;
using ResearchKit.Files;
using static TorchSharp.torch;

namespace ResearchKit.Tests.Files;

/// <summary>Tensors of every dtype and many shapes, full of random bytes, and how to compare them to the bit.</summary>
internal static class SomeTensors
{
    private static readonly Gen<long[]> Shapes = Gen.OneOf(Gen.Long[0, 4].Array[0, 5], Gen.Long[1, 2].Array[6, 10],
        Gen.Const(Enumerable.Repeat(1L, 64).ToArray()));

    // A function, since the sample owns its tensors.
    public static Gen<Func<Tensor>> Of(ElementType[] types) =>
        Gen.Select(Gen.Int[0, types.Length - 1].Select(i => types[i]), Shapes, Gen.Int, Gen.Bool,
            (type, shape, seed, strided) => new Func<Tensor>(() => Make(type, shape, seed, strided)));

    public static byte[] Bytes(Tensor tensor)
    {
        using var contiguous = tensor.contiguous();
        return tensor.numel() == 0 ? [] : contiguous.bytes.ToArray();
    }

    public static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(Bytes(expected), Bytes(actual));
    }

    private static Tensor Make(ElementType type, long[] shape, int seed, bool strided)
    {
        var tensor = empty(shape, type.Scalar);
        if (tensor.numel() > 0)
        {
            new Random(seed).NextBytes(tensor.bytes);
        }

        if (type.Scalar == ScalarType.Bool && tensor.numel() > 0)
        {
            foreach (ref var b in tensor.bytes)
            {
                b &= 1;
            }
        }

        return strided && shape.Length > 1 ? tensor.transpose(0, -1) : tensor;
    }
}

using ResearchKit.State;

namespace ResearchKit.Training.Translation;

/// <summary>Images that a generator has made: a discriminator that sees some of them again does not follow the generator's last step
/// only.</summary>
/// <remarks>Shrivastava et al., arXiv:1612.07828, section 2.3, in the form of CycleGAN's code. Until the pool is full, images are stored
/// and given back. Then, for each image, with probability 1/2 a stored one of equal chance is given in its place, which it takes.</remarks>
/// <param name="size">How many images are kept, at least 0; with 0 every image comes back.</param>
/// <param name="seed">Chooses.</param>
/// <exception cref="ArgumentOutOfRangeException">The size is below 0.</exception>
public sealed class ImagePool(int size, long seed) : IResumable, IDisposable
{
    private const ulong Salt = 0x706f6f6c; // "pool"

    private readonly int _size = size >= 0 ? size : throw new ArgumentOutOfRangeException(nameof(size), size, "It must be at least 0.");
    private readonly RandomStream _random = new(seed, Salt);
    private readonly List<Tensor> _images = [];

    /// <summary>Images that it holds.</summary>
    public int Count => _images.Count;

    /// <summary>Takes images in, and gives as many back.</summary>
    /// <param name="images">Shape (B, ...); they stay the caller's.</param>
    /// <returns>Shape (B, ...), without a graph. The caller disposes it.</returns>
    public Tensor Exchange(Tensor images)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return stack(images.detach().unbind().Select(Exchanged)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Save(StateStore state)
    {
        _random.Save(state);
        state.Put("count", Count);
        for (var i = 0; i < Count; i++)
        {
            state.Put($"image.{i}", _images[i]);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The images come back on the CPU, and go to the device of those that are exchanged for them.</remarks>
    public void Load(StateStore state)
    {
        _random.Load(state);
        Forget();
        for (var i = 0; i < state.Whole("count"); i++)
        {
            _images.Add(state.Tensor($"image.{i}").DetachFromDisposeScope());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        _random.Dispose();
    }

    private Tensor Exchanged(Tensor image)
    {
        if (_size == 0)
        {
            return image;
        }

        if (Count < _size)
        {
            _images.Add(image.clone().DetachFromDisposeScope());
            return image;
        }

        var draw = rand(2, ScalarType.Float64, generator: _random.Generator).data<double>(); // whether, and which
        if (draw[0] <= 0.5)
        {
            return image;
        }

        var at = (int)(draw[1] * _size);
        var old = _images[at];
        _images[at] = image.clone().DetachFromDisposeScope();
        var given = old.to(image.device, copy: true);
        old.Dispose();
        return given;
    }

    private void Forget()
    {
        _images.ForEach(i => i.Dispose());
        _images.Clear();
    }
}

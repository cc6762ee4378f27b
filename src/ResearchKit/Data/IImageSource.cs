namespace ResearchKit.Data;

/// <summary>Images that are read once, in order: what metrics look at, without holding all of them in memory.</summary>
public interface IImageSource
{
    /// <summary>What the set is called in reports.</summary>
    string Name { get; }

    /// <summary>How many images there are; those that turn out to be broken are counted, and then left out.</summary>
    long Count { get; }

    /// <summary>What tells these images from others before they are read, for caches: equal texts stand for equal images. Null where only
    /// the images themselves can tell.</summary>
    string? Key { get; }

    /// <summary>What tells the set from another of its name and number, known without opening a file: shards of sets with unlike texts are
    /// not of one set. Null where nothing does.</summary>
    string? Listing => Key;

    /// <summary>What became of the images before they were seen here, as results carry it; empty where nothing did.</summary>
    string Reading { get; }

    /// <summary>What a user should know of how the images were read, in a sentence each; complete after the last one.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>The class of each image by its name, in order; null where there are no classes.</summary>
    IReadOnlyList<string>? ClassOfEach { get; }

    /// <summary>Reads all images, or some.</summary>
    /// <param name="atMost">Images of a batch, at most; at least 1.</param>
    /// <param name="part">Which of the <see cref="Count"/> images; null for all. The others are not read.</param>
    /// <param name="cancellation">Ends the work between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Batches in order: uint8, shape (B, C, H, W), each of images of one size. A batch is disposed when the next is
    /// pulled.</returns>
    IEnumerable<Tensor> Read(int atMost, Range? part = null, CancellationToken cancellation = default);
}

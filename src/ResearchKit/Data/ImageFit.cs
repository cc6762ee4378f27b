namespace ResearchKit.Data;

/// <summary>How a picture of any shape becomes a square of S x S pixels.</summary>
public enum ImageFit
{
    /// <summary>The shorter side is scaled to S, then the middle square is cut out (torchvision's Resize and CenterCrop).</summary>
    CenterCrop,

    /// <summary>Both sides are scaled to S; proportions are lost.</summary>
    Stretch,

    /// <summary>The longer side is scaled to S and the rest is filled with <see cref="ImageFolderOptions.PadColor"/>, the picture in the
    /// middle.</summary>
    Pad,

    /// <summary>The middle S x S pixels are cut out unscaled; a picture with a shorter side is an error.</summary>
    CropOnly,
}

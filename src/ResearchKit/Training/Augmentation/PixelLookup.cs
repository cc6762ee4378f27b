namespace ResearchKit.Training.Augmentation;

/// <summary>New images from the pixels of old ones, differentiable any number of times by the old.</summary>
/// <remarks><c>grid_sample</c> has no second derivative in libtorch, and R1 through an augmentation needs one; a gather has all.</remarks>
internal static class PixelLookup
{
    /// <summary>One pixel for each place: images (B, C, H, W); index (B, H, W), int64, row W + column, the same for all channels.</summary>
    public static Tensor Gather(Tensor images, Tensor index)
    {
        var flat = images.flatten(2); // (B, C, H W)
        return flat.gather(2, index.flatten(1).unsqueeze(1).expand(flat.shape)).reshape(images.shape);
    }

    /// <summary>Bilinear look-up under an affine map for each image, mirrored at the outer edges of the border pixels.</summary>
    /// <param name="images">Shape (B, C, H, W), H and W at least 2.</param>
    /// <param name="maps">Shape (B, 2, 3), the dtype of the images: where the pixel at (x, y) of the result comes from, (x', y', 1) = M (x,
    /// y, 1), in pixels from the image's centre, y downwards.</param>
    /// <remarks>As <c>grid_sample(mode: bilinear, padding_mode: reflection, align_corners: false)</c>.</remarks>
    public static Tensor Affine(Tensor images, Tensor maps)
    {
        var (height, width) = (images.shape[2], images.shape[3]);
        var (column, columnShare) = Coordinate(0, width); // (B, H, W)
        var (row, rowShare) = Coordinate(1, height);
        var index = row.mul_(width).add_(column).to(ScalarType.Int64);
        var top = Gather(images, index).lerp(Gather(images, index + 1), columnShare); // (B, C, H, W)
        var bottom = Gather(images, index + width).lerp(Gather(images, index + (width + 1)), columnShare);
        return top.lerp(bottom, rowShare);

        // The pixel before a coordinate, and the next one's share of the value.
        (Tensor Before, Tensor Share) Coordinate(int axis, long side)
        {
            using var noGrad = no_grad();
            var m = maps[.., axis]; // (B, 3)
            var x = m[.., 0].reshape(-1, 1, 1) * Centered(width).reshape(1, 1, -1); // (B, 1, W)
            // (B, H, 1)
            var y = (m[.., 1].reshape(-1, 1, 1) * Centered(height).reshape(1, -1, 1)) + (m[.., 2] + (side / 2.0)).reshape(-1, 1, 1);
            var u = x + y; // (B, H, W), from the image's edge; its mirror images repeat every 2 sides
            var inside = (u - (u / (2 * side)).floor_().mul_(2 * side)).sub_(side).abs_().neg_().add_(side - 0.5).clamp_(0, side - 1);
            var before = inside.floor().clamp_max_(side - 2);
            return (before, inside.sub_(before).unsqueeze(1));
        }

        Tensor Centered(long side) => arange(side, dtype: images.dtype, device: images.device) - ((side - 1) / 2.0);
    }
}

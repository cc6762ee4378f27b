using ResearchKit.Data;
using ResearchKit.Experiments.Building;
using ResearchKit.Experiments.Options;
using ResearchKit.Runtime;

namespace ResearchKit.Experiments.Runs;

/// <summary>Options that are chosen by one's own images, by their size and number, and by the time there is.</summary>
/// <remarks>Three numbers are those of the setting <c>auto</c> of StyleGAN2-ADA's authors: the batch is 4096 / side, at most 32; R1's
/// weight 0.0002 side squared / batch; the average's half-life 10/32 of a thousand batches. Above 32 pixels StyleGAN2 has the networks of
/// their auto; its path length penalty and its smaller learning rate at 1024 pixels are left out. The kit's own, for R3GAN: R1 and R2 by
/// side as its authors have them for faces (2 at 64 pixels, 150 at 256, 0.5 at 32 from their ImageNet), and every schedule as long as the
/// run. On a CPU the networks are the widest ones that see 100,000 images in the time. Steps are timed with ADA at p = 0.3 on images in
/// memory; a seventh of the time is kept for R1, checkpoints and grids.</remarks>
public static class AutomaticOptions
{
    private const double EnoughImages = 100_000;
    private const double OftenSeen = 10; // then D begins to know the images by heart
    private const double Used = 6 / 7.0;
    private const int Group = 4; // samples that the preset's minibatch deviation compares
    private const int MostThreads = 16;
    private static readonly int[] Widths = [128, 64, 32, 16];

    /// <summary>Whether there is a choice for these options: StyleGAN2 or R3GAN that learn a folder of images.</summary>
    /// <param name="options">The options.</param>
    public static bool Has(ExperimentOptions options) =>
        (IsR3Gan(options) || options.Networks.Architecture.StartsWith("stylegan2", StringComparison.Ordinal))
            && DataKinds.Of(options.Data) is FolderData;

    /// <summary>Chooses what was not said.</summary>
    /// <param name="options">The options so far, which <see cref="Has"/> a choice.</param>
    /// <param name="said">Names of options that stay as they are.</param>
    /// <param name="hours">About how long the run may take, above 0; null for 1, or for as long as the said steps take.</param>
    /// <param name="cancellation">Ends the trials of widths with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The options, and what was chosen and why, a line each.</returns>
    /// <exception cref="ArgumentException">The options do not fit the images.</exception>
    /// <exception cref="DataFileException">The folder cannot be read.</exception>
    public static (ExperimentOptions Options, IReadOnlyList<string> Chosen) Choose(ExperimentOptions options,
        IReadOnlyCollection<string> said, double? hours, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hours ?? 1);
        Experiment.Check(options);
        var chosen = new List<string>();
        var onCpu = ComputeDevice.Parse(options.Run.Device).type == DeviceType.CPU;
        var images = options.Data.Samples ?? Math.Max(1, ImageFolder.List(options.Data.Data).Files.Count - (options.Data.HeldOut ?? 0));
        var shape = DataKinds.Of(options.Data).Shape(options.Data);
        var side = shape.Size;
        Set("threads", $"{Math.Min(Environment.ProcessorCount, MostThreads)}", "as this machine has processors");
        Set("batch", $"{Batch(Math.Clamp(4096 / side, 1, 32), images)}", "4096 / side, at most 32, and no more than images");
        var batch = options.Data.Batch;
        var halfLife = Show(batch * 10_000 / 32.0);
        if (!IsR3Gan(options))
        {
            if (side > 32)
            {
                Set("architecture", "stylegan2", "the networks of the authors' auto; at 32 pixels those for CIFAR-10");
            }

            if (batch < Group)
            {
                Set("minibatchDeviation", $"{batch}", "no more than a batch");
            }

            Set("averageHalfLife", halfLife, "10/32 of a thousand batches, in images");
            Set("r1", Show(0.0002 * side * side / batch), "0.0002 side^2 / batch");
        }

        var step = Width();
        Set("steps", $"{Rounded((hours ?? 1) * Used * 3600 / step.TotalSeconds)}",
            string.Create(CultureInfo.InvariantCulture, $"in {hours ?? 1:0.##} h (--hours) at {step.TotalSeconds:0.000} s a step"));
        var steps = options.Run.Steps;
        var seen = (double)steps * batch / images;
        var often = string.Create(CultureInfo.InvariantCulture, $"each of {images:N0} images is seen {seen:N0} times");
        if (IsR3Gan(options))
        {
            var gamma = Gamma(side);
            Set("r1", $"cosine({Show(gamma)}, {Show(gamma / 10)}, {steps})", "by the side, as its authors have it for faces");
            Set("r2", $"cosine({Show(gamma)}, {Show(gamma / 10)}, {steps})", "as R1");
            Set("generatorLearningRate", $"cosine(4e-4, 1e-4, {steps})", "as long as the run");
            Set("discriminatorLearningRate", $"cosine(4e-4, 1e-4, {steps})", "as long as the run");
            Set("beta2", $"cosine(0.9, 0.99, {steps})", "as long as the run");
            Set("averageHalfLife", $"cosine(0, {halfLife}, {steps})", "10/32 of a thousand batches, in images");
            Set("augment", seen > OftenSeen ? "ada-schedule" : "none", often);
            if (options.Game.Augment == "ada-schedule")
            {
                Set("augmentProbability", $"cosine(0, 0.3, {steps})", "as long as the run");
            }
        }
        else
        {
            Set("augment", seen > OftenSeen ? "ada" : "none", often);
            Set("adaSpeed", $"{Math.Clamp(Rounded((double)steps * batch / 2), 50_000, 500_000)}",
                "half of the images that the run sees, at most the paper's 500,000");
        }

        Set("gridEvery", $"{Rounded(Math.Max(1, steps / 20.0))}", "about 20 grids");
        Set("checkpointEvery", $"{Math.Max(1, Math.Min(Rounded(300 / step.TotalSeconds), steps))}", "about 5 minutes");
        return (options, chosen);

        void Set(string name, string value, string why)
        {
            if (!said.Contains(name))
            {
                options = options.With($"{name}={value}");
                chosen.Add($"{name}={value}: {why}");
            }
        }

        // The widest networks that are fast enough; on a GPU the architecture's own.
        TimeSpan Width()
        {
            if (!onCpu)
            {
                Set("features", "auto", "the authors' width on a GPU");
                Set("layers", "auto", "the authors' depth on a GPU");
                Set("latent", "auto", "the authors' z on a GPU");
            }

            if (!onCpu || said.Contains("features") || (said.Contains("steps") && hours is null))
            {
                return Time(options);
            }

            var enough = said.Contains("steps") ? options.Run.Steps : Math.Ceiling(EnoughImages / batch);
            var fitting = Widths.Where(w => Architectures.For(options.Networks with { Features = null }, shape) is var a
                && a.Refuses?.Invoke(options.Networks with { Features = w }, shape) is null).ToArray();
            var time = TimeSpan.Zero;
            foreach (var width in fitting)
            {
                time = Time(options.With($"features={width}"));
                var needed = time.TotalHours * enough / Used;
                if (needed <= (hours ?? 1))
                {
                    Set("features", $"{width}", $"the widest of {string.Join(", ", fitting)} that makes {enough:N0} steps in the time");
                    break;
                }

                if (width == fitting[^1])
                {
                    Set("features", $"{width}", string.Create(CultureInfo.InvariantCulture,
                        $"the narrowest of {string.Join(", ", fitting)}; {enough:N0} steps would take {needed:0.0} h: expect poor images"));
                }
            }

            return time;
        }

        TimeSpan Time(ExperimentOptions at)
        {
            cancellation.ThrowIfCancellationRequested();
            at = said.Contains("augment") ? at : at.With("augment=ada-schedule", "augmentProbability=0.3");
            using var experiment = Experiment.BuildWithoutData(at, shape, null);
            var time = RunPlan.Try(experiment, cancellation).TimePerStep;
            return time > TimeSpan.Zero ? time
                : throw new ArgumentException("The first steps of a trial break off, so nothing can be chosen by their time: give steps " +
                    "and features (--set).");
        }
    }

    // StyleGAN2's minibatch deviation wants whole groups.
    private static int Batch(int most, int images) =>
        Math.Min(most, images) is var batch && batch > Group ? batch - (batch % Group) : batch;

    // 2 at 64 pixels is the authors' FFHQ-64, 150 at 256 their FFHQ-256, 0.5 at 32 their ImageNet-32.
    private static double Gamma(int side) => 2 * Math.Pow(side / 64.0, side <= 64 ? 2 : Math.Log(75, 4));

    private static bool IsR3Gan(ExperimentOptions options) => options.Networks.Architecture == "r3gan";

    private static string Show(double value) => value.ToString("G6", CultureInfo.InvariantCulture) is var text && text.Contains('E')
        ? ((decimal)value).ToString(CultureInfo.InvariantCulture)
        : text;

    // To two digits, downwards.
    private static int Rounded(double value)
    {
        var unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, value))) - 1));
        return (int)Math.Min(int.MaxValue, Math.Max(1, Math.Floor(value / unit) * unit));
    }
}

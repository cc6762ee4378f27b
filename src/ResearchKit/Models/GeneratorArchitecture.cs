using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ResearchKit.Models;

/// <summary>One kind of generator that a file can hold: how its constructor's values are written and read.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Write">The constructor's values as JSON; null for a generator of another kind.</param>
/// <param name="Read">Reads such JSON.</param>
internal sealed record GeneratorArchitecture(string Name, Func<LatentGenerator, string?> Write, Func<string, GeneratorPlan> Read)
{
    /// <summary>Every kind: a file names one of these and nothing else is ever built. A new generator gets a record of its constructor's
    /// values and a line here.</summary>
    public static IReadOnlyList<GeneratorArchitecture> All { get; } =
    [
        Of<DcganGenerator, DcganValues>(nameof(DcganGenerator), DcganValues.Of, GeneratorJson.Default.DcganValues),
        Of<MlpGenerator, MlpValues>(nameof(MlpGenerator), MlpValues.Of, GeneratorJson.Default.MlpValues),
        Of<UnrolledDigitsGenerator, UnrolledDigitsValues>(nameof(UnrolledDigitsGenerator), UnrolledDigitsValues.Of,
            GeneratorJson.Default.UnrolledDigitsValues),
    ];

    private static GeneratorArchitecture Of<TGenerator, TValues>(string name, Func<TGenerator, TValues> values, JsonTypeInfo<TValues> json)
        where TGenerator : LatentGenerator
        where TValues : class, IGeneratorValues =>
        new(
            name,
            generator => generator is TGenerator g ? JsonSerializer.Serialize(values(g), json) : null,
            text =>
                JsonSerializer.Deserialize(text, json) is { } read
                    ? new GeneratorPlan(read.Build, read.Numbers, read.Layers())
                    : throw new JsonException("it is null"));
}

/// <summary>A generator that a file describes and that is not built yet.</summary>
/// <param name="Build">Builds it; an <see cref="ArgumentException"/> tells of a value out of range.</param>
/// <param name="LeastNumbers">So many numbers it has at least: what a file must bring before memory is taken for it.</param>
/// <param name="Layers">So many layers with weights it has at least, and a file as many tensors.</param>
internal sealed record GeneratorPlan(Func<LatentGenerator> Build, Func<double> LeastNumbers, int Layers);

/// <summary>The constructor's values of a generator.</summary>
internal interface IGeneratorValues
{
    LatentGenerator Build();

    /// <summary>Weights of its layers, without those of normalisations; in float64, which no hostile value overflows.</summary>
    double Numbers();

    /// <summary>Its layers with weights.</summary>
    int Layers();
}

internal sealed record DcganValues(int ImageSize, int Channels, int Features, int LatentSize) : IGeneratorValues
{
    public static DcganValues Of(DcganGenerator g) => new(g.ImageSize, g.Channels, g.Features, g.LatentSize);

    public LatentGenerator Build() => new DcganGenerator(ImageSize, Channels, Features, LatentSize);

    public int Layers() => 3;

    public double Numbers()
    {
        var plan = DcganPlan.For(ImageSize);
        var width = Features * Math.Pow(2, plan.Doublings.Length - 1);
        var numbers = (double)LatentSize * width * plan.SmallestSize * plan.SmallestSize;
        foreach (var kernel in plan.Doublings)
        {
            var next = width <= Features ? Channels : width / 2;
            numbers += width * next * kernel * kernel;
            width = next;
        }

        return numbers;
    }
}

internal sealed record MlpValues(int LatentSize, int Dimensions, int[] Widths, MlpActivation Activation, MlpNormalization Normalization,
    MlpWeights Weights, double LeakySlope, int MaxoutPieces) : IGeneratorValues
{
    public static MlpValues Of(MlpGenerator g) => new(
        g.LatentSize, g.Dimensions, [.. g.Options.Widths], g.Options.Activation, g.Options.Normalization, g.Options.Weights,
            g.Options.LeakySlope, g.Options.MaxoutPieces);

    public LatentGenerator Build() => new MlpGenerator(LatentSize, Dimensions, new MlpOptions
    {
        Widths = Widths, Activation = Activation, Normalization = Normalization, Weights = Weights, LeakySlope = LeakySlope,
            MaxoutPieces = MaxoutPieces,
    });

    public int Layers() => Widths.Length + 1;

    public double Numbers()
    {
        double pieces = Activation == MlpActivation.Maxout ? MaxoutPieces : 1, inputs = LatentSize, numbers = 0;
        foreach (var width in Widths)
        {
            numbers += inputs * width * pieces;
            inputs = width;
        }

        return numbers + inputs * Dimensions;
    }
}

internal sealed record UnrolledDigitsValues(int LatentSize, int Channels) : IGeneratorValues
{
    public static UnrolledDigitsValues Of(UnrolledDigitsGenerator g) => new(g.LatentSize, g.Channels);

    public LatentGenerator Build() => new UnrolledDigitsGenerator(LatentSize, Channels);

    public int Layers() => 5;

    public double Numbers() => (1024.0 * LatentSize) + (9 * ((64 * 32) + (32 * 16) + (16 * 8) + (8.0 * Channels)));
}

/// <summary>The layout of the values; generated code, so that it also reads where reflection is trimmed away.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DcganValues))]
[JsonSerializable(typeof(MlpValues))]
[JsonSerializable(typeof(UnrolledDigitsValues))]
internal sealed partial class GeneratorJson : JsonSerializerContext;

using ResearchKit.Losses;
using ResearchKit.Losses.Penalties;

namespace ResearchKit.Training;

/// <summary>The sum of S games' losses, of logits in rows b S + s. Keeps the last logits, and G's mean logit of each game in each step,
/// which tells on the device, without a wait, when a game diverged.</summary>
internal sealed class BatchedLoss(IAdversarialLoss inner, int seeds, Device device) : IAdversarialLoss, IDisposable
{
    private readonly Tensor _means = zeros(StepLog.Capacity, seeds, ScalarType.Float64, device).DetachFromDisposeScope();
    private readonly Tensor?[] _last = new Tensor?[4]; // D's real, D's fake, G's real, G's fake
    private long _steps;
    private int _rows;

    public bool GeneratorSeesReal => inner.GeneratorSeesReal;

    public LogitKind Logits => inner.Logits;

    public bool IsFull => _rows == StepLog.Capacity;

    // Of two games side by side: the mean of their losses, or something that mixes them?
    public static bool IsMeanOverSamples(IAdversarialLoss loss)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (tensor(new[] { 0.5, -3, 2, 0.25 }), tensor(new[] { -1.5, 1, 0.75, 4 }));
        double[] Values(Tensor r, Tensor f) =>
            [loss.Discriminator(r, f).Real.item<double>(), loss.Discriminator(r, f).Fake.item<double>(),
                loss.Generator(loss.GeneratorSeesReal ? r : null, f).item<double>()];
        var parts = Enumerable.Range(0, 2).Select(s => Values(real.narrow(0, 2 * s, 2), fake.narrow(0, 2 * s, 2))).ToArray();
        return Values(real, fake).Zip(parts[0].Zip(parts[1])).All(v => Math.Abs(v.First - ((v.Second.First + v.Second.Second) / 2)) < 1e-9);
    }

    public DiscriminatorTerms Discriminator(Tensor realLogits, Tensor fakeLogits)
    {
        Keep(0, realLogits);
        Keep(1, fakeLogits);
        var (real, fake) = inner.Discriminator(realLogits, fakeLogits);
        return new DiscriminatorTerms(real * seeds, fake * seeds);
    }

    public Tensor Generator(Tensor? realLogits, Tensor fakeLogits)
    {
        Keep(2, realLogits);
        Keep(3, fakeLogits);
        using (no_grad())
        {
            using var row = _means[_rows++];
            using var means = fakeLogits.view(-1, seeds).mean([0]);
            row.copy_(means);
        }

        _steps++;
        using var loss = inner.Generator(realLogits, fakeLogits);
        return loss * seeds;
    }

    public void Take(long?[] diverged)
    {
        using var scope = NewDisposeScope();
        var values = _means.narrow(0, 0, _rows).cpu().data<double>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                diverged[i % seeds] ??= _steps - _rows + (i / seeds) + 1;
            }
        }

        _rows = 0;
    }

    // In the order of StepQuantity.
    public double[] Numbers(int seed)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var logits = _last.Select(l => l?.view(-1, seeds).select(1, seed)).ToArray();
        if (logits[0] is not { } real || logits[1] is not { } fake || logits[3] is not { } generated)
        {
            return [];
        }

        var terms = inner.Discriminator(real, fake);
        var border = inner.Logits switch
        {
            LogitKind.LogOdds or LogitKind.Margin => 0, LogitKind.Label => 0.5,
            _ => (Number(real.mean()) + Number(fake.mean())) / 2,
        };
        return [Number(terms.Real), Number(terms.Fake), double.NaN, Number(inner.Generator(logits[2], generated)),
            Number(real.sigmoid().mean()), Number(fake.sigmoid().mean()), double.NaN, double.NaN,
            (1 + Number((real - border).sign().mean())) / 2, (1 + Number((border - fake).sign().mean())) / 2];
    }

    public void Dispose()
    {
        _means.Dispose();
        Array.ForEach(_last, l => l?.Dispose());
    }

    private static double Number(Tensor value) => value.to(ScalarType.Float64).item<double>();

    private void Keep(int place, Tensor? logits)
    {
        _last[place]?.Dispose();
        _last[place] = logits?.detach().DetachFromDisposeScope();
    }
}

/// <summary>A penalty that is a mean over samples, as the sum over S games.</summary>
internal sealed class BatchedPenalty(IDiscriminatorPenalty inner, int seeds) : IDiscriminatorPenalty
{
    public SlopeSites Sites => inner.Sites;

    public int? OwnStepEvery => inner.OwnStepEvery;

    public string? Refuses(IAdversarialLoss loss) => inner.Refuses(loss);

    public bool IsDue(long step) => inner.IsDue(step);

    public Tensor Compute(DiscriminatorPass pass)
    {
        using var term = inner.Compute(pass);
        return term * seeds;
    }
}

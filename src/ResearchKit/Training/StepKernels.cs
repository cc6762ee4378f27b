using System.Text.Json;
using ResearchKit.Runtime;

namespace ResearchKit.Training;

/// <summary>What a step does to whole lists of tensors, compiled once by TorchScript: one call from .NET for all.</summary>
/// <remarks>A backward pass that fails inside a script comes back as an exception, where <c>autograd.grad</c> called from .NET would end
/// the process. The fused Adam walks through memory as it lies, so gradients are made contiguous first: those of double backward often are
/// not. TorchScript drops in-place operations on lists that it thinks nobody sees, so in-place list operations here get the caller's lists,
/// never one made in the script.</remarks>
internal static class StepKernels
{
    // The last column, the sum of the real batch, tells broken data from a broken training.
    private static readonly string Columns = string.Join(", ",
        StepQuantities.OfTranslation.Select(q => JsonNamingPolicy.SnakeCaseLower.ConvertName(q.ToString())).Append("real.sum()"));

    private static readonly string Source = $$"""
        def adam_one(p: Tensor, g: Tensor, m: Tensor, v: Tensor, t: Tensor, lr: float, b1: float, b2: float, eps: float) -> None:
            t.add_(1)
            m.lerp_(g, 1 - b1)
            v.mul_(b2).addcmul_(g, g, value=1 - b2)
            n = float(t.item())
            p.addcdiv_(m, (v.sqrt() / (1 - b2 ** n) ** 0.5).add_(eps), value=-lr / (1 - b1 ** n))
            return None

        def flat_gradient(loss: Tensor, params: List[Tensor]) -> Tensor:
            found = torch.grad([loss], params, None, None, False, True)
            flat = params[0:0]
            there = params[0:0]
            for i in range(len(params)):
                x = found[i]
                if x is not None:
                    flat.append(x.flatten())
                    there.append(loss.new_ones([1]))
                else:
                    flat.append(loss.new_zeros([params[i].numel()]))
                    there.append(loss.new_zeros([1]))
            return torch.cat(flat + there)

        def gradients(loss: Tensor, params: List[Tensor], max_norm: float) -> Tuple[List[Tensor], List[int], Tensor]:
            g = params[0:0]
            at = [0][0:0]
            if loss.dim() == 0:
                found = torch.grad([loss], params, None, None, False, True)
                torch.set_grad_enabled(False)
                for i in range(len(params)):
                    x = found[i]
                    if x is not None:
                        g.append(x.contiguous())
                        at.append(i)
            else:
                torch.set_grad_enabled(False)
                there: List[float] = loss[-len(params):].double().tolist()
                first = 0
                for i in range(len(params)):
                    if there[i] > 0:
                        g.append(loss.narrow(0, first, params[i].numel()).view_as(params[i]))
                        at.append(i)
                    first += params[i].numel()
            norm = loss.new_zeros([])
            if len(g) > 0:
                norm = torch.stack(torch._foreach_norm(g, 2.)).norm()
                if max_norm > 0:
                    g = torch._foreach_mul(g, (max_norm / (norm + 1e-6)).clamp(max=1.))
            return g, at, norm

        def adam(loss: Tensor, params: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor],
                 lr: float, b1: float, b2: float, eps: float, max_norm: float) -> Tensor:
            g, at, norm = gradients(loss, params, max_norm)
            if len(g) == len(params):
                torch._foreach_add_(t, 1)
                torch._fused_adam_(params, g, m, v, [], t, lr=lr, beta1=b1, beta2=b2, weight_decay=0., eps=eps,
                                   amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
            else:
                for k in range(len(at)):
                    i = at[k]
                    adam_one(params[i], g[k], m[i], v[i], t[i], lr, b1, b2, eps)
            torch.set_grad_enabled(True)
            return norm

        def rms_prop(loss: Tensor, params: List[Tensor], v: List[Tensor], lr: float, decay: float, eps: float, max_norm: float) -> Tensor:
            g, at, norm = gradients(loss, params, max_norm)
            for k in range(len(at)):
                i = at[k]
                v[i].mul_(decay).addcmul_(g[k], g[k], value=1 - decay)
                params[i].addcdiv_(g[k], v[i].sqrt().add_(eps), value=-lr)
            torch.set_grad_enabled(True)
            return norm

        def descend(loss: Tensor, params: List[Tensor], lr: float, max_norm: float) -> Tensor:
            g, at, norm = gradients(loss, params, max_norm)
            for k in range(len(at)):
                params[at[k]].add_(g[k], alpha=-lr)
            torch.set_grad_enabled(True)
            return norm

        def clamp(params: List[Tensor], bound: float) -> None:
            torch._foreach_clamp_min_(params, -bound)
            torch._foreach_clamp_max_(params, bound)
            return None

        def average(mean: List[Tensor], live: List[Tensor], weight: float, copies: List[Tensor], originals: List[Tensor]) -> None:
            torch._foreach_lerp_(mean, live, weight)
            if len(copies) > 0:
                torch._foreach_copy_(copies, originals)
            return None

        def record(log: Tensor, row: int, real: Tensor, real_logits: Tensor, fake_logits: Tensor, real_loss: Tensor, fake_loss: Tensor,
                   penalty: Tensor, discriminator_gradient_norm: Tensor, generator_loss: Tensor, generator_gradient_norm: Tensor,
                   reconstruction_loss: Tensor, identity_loss: Tensor, undecided: float, midway: bool) -> None:
            real_probability = real_logits.sigmoid().mean()
            fake_probability = fake_logits.sigmoid().mean()
            border = (real_logits.mean() + fake_logits.mean()) / 2 if midway else real_logits.new_full([], undecided)
            real_accuracy = (real_logits - border).sign().mean()
            fake_accuracy = (border - fake_logits).sign().mean()
            log[row].copy_(torch.stack([{{Columns}}]))
            return None

        """;

    private static readonly ScriptFunctions Functions = new(Source);

    /// <summary>The gradient of a scalar in one vector, and behind it for each parameter 1 where the scalar depends on it, else 0: in this
    /// form it can be added up over processes, and takes the place of the loss in the steps below.</summary>
    public static Tensor FlatGradient(Tensor loss, Tensor[] parameters) => (Tensor)Functions.Call("flat_gradient", loss, parameters)!;

    /// <summary>Adam's step down the gradient of a scalar; parameters that it does not depend on stay, as in PyTorch.</summary>
    /// <returns>The Euclidean norm of the gradient before it is limited, a scalar on the device.</returns>
    public static Tensor Adam(Tensor loss, Tensor[] parameters, Tensor[] means, Tensor[] squares, Tensor[] counts, Scalar rate,
        Scalar beta1, Scalar beta2, Scalar eps, Scalar maxNorm) =>
        (Tensor)Functions.Call("adam", loss, parameters, means, squares, counts, rate, beta1, beta2, eps, maxNorm)!;

    /// <summary>RMSProp's step, likewise.</summary>
    public static Tensor RmsProp(Tensor loss, Tensor[] parameters, Tensor[] squares, double rate, double decay, double eps,
        double maxNorm) =>
        (Tensor)Functions.Call("rms_prop", loss, parameters, squares, rate, decay, eps, maxNorm)!;

    /// <summary>Gradient descent's step, likewise.</summary>
    public static Tensor Descend(Tensor loss, Tensor[] parameters, double rate, double maxNorm) =>
        (Tensor)Functions.Call("descend", loss, parameters, rate, maxNorm)!;

    /// <summary>Brings every value into [-bound, bound].</summary>
    public static void Clamp(Tensor[] parameters, double bound) => Functions.Call("clamp", parameters, bound);

    /// <summary>Moves averages towards live values by a share of the way, and copies others.</summary>
    public static void Average(Tensor[] means, Tensor[] live, double share, Tensor[] copies, Tensor[] originals) =>
        Functions.Call("average", means, live, share, copies, originals);

    /// <summary>Columns of a log: one for each <see cref="StepQuantity"/>, then the sum of the real batch.</summary>
    public static int RowLength => StepQuantities.OfTranslation.Count + 1;

    /// <summary>Writes a step's numbers into a row of a float64 log on the device, without waiting for it; in place of an accuracy the mean
    /// sign, 1 for right and -1 for wrong. <paramref name="undecided"/> is the logit between real and generated; null for the
    /// middle.</summary>
    public static void Record(Tensor log, int row, double? undecided, Tensor real, Tensor realLogits, Tensor fakeLogits, Tensor realLoss,
        Tensor fakeLoss, Tensor penalty, Tensor discriminatorNorm, Tensor generatorLoss, Tensor generatorNorm, Tensor reconstruction,
        Tensor identity) =>
        Functions.Call("record", log, (long)row, real, realLogits, fakeLogits, realLoss, fakeLoss, penalty, discriminatorNorm,
            generatorLoss, generatorNorm, reconstruction, identity, undecided ?? 0.0, undecided is null);
}

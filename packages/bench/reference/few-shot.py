"""Trains linear probes with PyTorch's autograd in float64: python3 few-shot.py > few-shot.json

Needs PyTorch alone (Debian: apt-get install python3-torch). `published` is LP++ with the settings of its paper
(https://arxiv.org/abs/2404.02285) and no validation set: weights start at the class means, alpha at 250 times the mean cosine
of pictures with their own text; 300 steps of SGD with momentum, whose size follows from the largest eigenvalue, and a step
of alpha with every tenth. `penalised` are minima that L-BFGS finds of the loss that ClipQL's probe has. The pictures cannot
be separated: two of them are one and the same in two classes.
"""
import json
import torch

K, S, E, SCALE = 5, 6, 16, 20.0


def unit(values):
    return values / values.norm(dim=-1, keepdim=True)


def rounded(values):
    """As float32 has them, so that every reader has the same numbers."""
    return values.to(torch.float32).to(torch.float64)


def data():
    torch.manual_seed(17)
    texts = rounded(unit(torch.randn(K, E, dtype=torch.float64)))
    classes = torch.arange(K).repeat_interleave(S)
    looks = torch.randn(K, E, dtype=torch.float64)
    noise = torch.randn(K * S, E, dtype=torch.float64)
    pictures = rounded(unit(0.3 * looks[classes] + 1.5 * texts[classes] + noise))
    pictures[S] = pictures[0]
    return texts, pictures, classes


def loss_of(weights, alpha, texts, pictures, classes):
    logits = pictures @ weights.T + alpha * (pictures @ texts.T)
    return torch.nn.functional.cross_entropy(logits, classes, reduction="sum")


def published(texts, pictures, classes):
    count = len(classes)
    cosines = pictures @ texts.T
    one_hot = torch.nn.functional.one_hot(classes, K).double()
    weights = ((one_hot.T @ pictures) / one_hot.sum(0)[:, None]).requires_grad_()
    own = (one_hot * cosines).sum(0) / one_hot.sum(0)
    alpha = torch.full((K,), (250 * own).mean().item(), dtype=torch.float64).requires_grad_()
    step = 4 * count / torch.linalg.eigvalsh(pictures.T @ pictures)[-1]
    alpha_step = count / (4 * (cosines ** 2).sum(0).max())
    optimizer = torch.optim.SGD([weights], lr=step.item(), momentum=0.9)
    for i in range(300):
        optimizer.zero_grad()
        alpha.grad = None
        (loss_of(weights, alpha, texts, pictures, classes) / count).backward()
        optimizer.step()
        if (i + 1) % 10 == 0:
            with torch.no_grad():
                alpha -= alpha_step * alpha.grad
    return {"alpha": alpha.tolist(), "weights": weights.tolist()}


def penalised(texts, pictures, classes, weight_prior, alpha_prior):
    weights = torch.zeros(K, E, dtype=torch.float64, requires_grad=True)
    alpha = torch.full((K,), SCALE, dtype=torch.float64, requires_grad=True)

    def objective():
        penalty = weight_prior * (weights ** 2).sum() + alpha_prior * ((alpha - SCALE) ** 2).sum()
        return loss_of(weights, alpha, texts, pictures, classes) + penalty / 2

    optimizer = torch.optim.LBFGS([weights, alpha], max_iter=20000, max_eval=40000, history_size=50,
                                  tolerance_grad=1e-11, tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        value = objective()
        value.backward()
        return value

    optimizer.step(closure)
    return {"weightPrior": weight_prior, "alphaPrior": alpha_prior, "loss": objective().item(),
            "alpha": alpha.tolist(), "weights": weights.tolist()}


texts, pictures, classes = data()
print(json.dumps({
    "logitScale": SCALE,
    "texts": texts.tolist(),
    "pictures": pictures.tolist(),
    "classes": classes.tolist(),
    "published": published(texts, pictures, classes),
    "penalised": [penalised(texts, pictures, classes, prior, prior / 10) for prior in (100, 1, 0.03)],
}))

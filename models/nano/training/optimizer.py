"""The optimizer, its learning rate, and the average of the weights that it leaves behind.

Sources: AdamW (Loshchilov and Hutter, arXiv:1711.05101); cosine learning rate (Loshchilov and
Hutter, arXiv:1608.03983); averaged weights (Polyak and Juditsky, 1992).
"""
import contextlib
import math

import torch

WARM_UP_STEPS = 300
FINAL_LEARNING_RATE = 0.02              # share of the highest


def learning_rate(peak, step, progress):
    """Warm up by the step, then a cosine over the time that has passed, `progress` in 0..1."""
    warm_up = min(1, (step + 1) / WARM_UP_STEPS)
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return peak * warm_up * (cosine * (1 - FINAL_LEARNING_RATE) + FINAL_LEARNING_RATE)


def make_optimizer(model, peak_rate, weight_decay):
    """AdamW, with decay for matrices and embeddings but not for biases, norms and the scale."""
    parameters = list(model.parameters())
    groups = [
        {'params': [p for p in parameters if p.ndim > 1], 'weight_decay': weight_decay},
        {'params': [p for p in parameters if p.ndim <= 1], 'weight_decay': 0},
    ]
    return torch.optim.AdamW(groups, lr=peak_rate, betas=(0.9, 0.98))


class AveragedWeights:
    """An exponential moving average of a model's weights."""

    def __init__(self, model, max_decay):
        self.max_decay = max_decay
        self.tensors = {name: tensor.detach().clone()
                        for name, tensor in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model, step):
        """Move towards the weights after step `step`, fast at first."""
        decay = min(self.max_decay, (1 + step) / (10 + step))
        current = model.state_dict()
        averages = list(self.tensors.values())
        torch._foreach_mul_(averages, decay)
        torch._foreach_add_(averages, [current[name] for name in self.tensors], alpha=1 - decay)

    @contextlib.contextmanager
    def loaded_into(self, model):
        """Lend the averages to the model for the length of a `with` block."""
        own = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        model.load_state_dict(self.tensors)
        try:
            yield
        finally:
            model.load_state_dict(own)

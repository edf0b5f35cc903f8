"""Writes files/epoch_1.pt with PyTorch (1.13 as Debian 12 has it): python3 make-training-checkpoint.py

What open_clip's trainer saves after an epoch: the state dict of a model wrapped for several GPUs, and the state of
its optimizer and of the scaler of its gradients.
"""
from pathlib import Path

import torch


class Wrapped(torch.nn.Module):
    """As DistributedDataParallel has a model."""

    def __init__(self, module):
        super().__init__()
        self.module = module


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.logit_scale = torch.nn.Parameter(torch.tensor(4.6052))
        self.visual = torch.nn.Linear(3, 2)
        torch.nn.init.constant_(self.visual.weight, 0.5)
        torch.nn.init.zeros_(self.visual.bias)


model = Wrapped(Model())
optimizer = torch.optim.AdamW(
    [
        {"params": [model.module.logit_scale, model.module.visual.bias], "weight_decay": 0.0},
        {"params": [model.module.visual.weight], "weight_decay": 0.2},
    ],
    lr=0.0,
    betas=(0.9, 0.98),
    eps=1e-6,
)
(model.module.visual(torch.ones(1, 3)) * model.module.logit_scale).sum().backward()
optimizer.step()
torch.save(
    {
        "epoch": 1,
        "name": "2026_11_30-model_ViT-B-32-lr_0.0005-b_256-j_4-p_amp",
        "state_dict": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scaler": {
            "scale": 65536.0,
            "growth_factor": 2.0,
            "backoff_factor": 0.5,
            "growth_interval": 2000,
            "_growth_tracker": 1,
        },
    },
    Path(__file__).parent / "files" / "epoch_1.pt",
)

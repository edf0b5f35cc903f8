"""Writes files/torch-script.pt with PyTorch (2.15): python3 make-torch-script.py

A module with names of OpenAI's CLIP, in float16, in the form of the files that `clip.load` downloads.
"""
from pathlib import Path

import torch

FILES = Path(__file__).parent / "files"


def numbers(*shape):
    count = torch.Size(shape).numel()
    return (torch.arange(count, dtype=torch.float32) / 8 - 1).reshape(shape)


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.in_proj_weight = torch.nn.Parameter(numbers(6, 2))

    def forward(self, x):
        return x * self.in_proj_weight.sum()


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = Attention()
        self.attn_mask = torch.zeros(1, 1)

    def forward(self, x):
        return self.attn(x) + self.attn_mask.sum()


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = torch.nn.ModuleDict({"resblocks": torch.nn.Sequential(Block(), Block())})
        self.text_projection = torch.nn.Parameter(numbers(3, 2).T)
        self.logit_scale = torch.nn.Parameter(torch.tensor(1.5))
        self.register_buffer("input_resolution", torch.tensor(224))
        self.sizes = [2, 3]
        self.kept = [torch.ones(1), torch.ones(1)]

    def forward(self, x):
        for block in self.transformer.values():
            x = block(x)
        return x @ self.text_projection * self.logit_scale


torch.jit.script(Model().eval().half()).save(FILES / "torch-script.pt")

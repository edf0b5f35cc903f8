"""Writes files/*.bin with PyTorch (1.13 as Debian 12 has it): python3 make-files.py"""
from collections import OrderedDict
from pathlib import Path

import torch

FILES = Path(__file__).parent / "files"
FILES.mkdir(exist_ok=True)


def numbers(*shape):
    count = torch.Size(shape).numel()
    return (torch.arange(count, dtype=torch.float32) / 8 - 1).reshape(shape)


state = OrderedDict()
state["rows"] = numbers(2, 3)
state["transposed"] = numbers(3, 4).T
state["part"] = numbers(4, 5)[1:3, 2:]
state["permuted"] = numbers(2, 3, 4).permute(2, 0, 1)
state["half"] = numbers(3).half()
state["half_transposed"] = numbers(2, 3).half().T
state["bfloat16"] = numbers(3).bfloat16()
state["double"] = numbers(2).double()
state["scalar"] = torch.tensor(4.6052)
state["empty"] = torch.empty(0, 3)
state["position_ids"] = torch.arange(5).expand((1, -1))
state["parameter"] = torch.nn.Parameter(numbers(2, 2))
state["tied"] = state["rows"]
state._metadata = OrderedDict(version=1, layers={"a": [1, 2.5, None, True, "x"]})
torch.save(state, FILES / "state-dict.bin")
torch.save(dict(state), FILES / "plain-dict.bin")
torch.save(state, FILES / "before-1.6.bin", _use_new_zipfile_serialization=False)
torch.save(torch.nn.Linear(2, 2), FILES / "module.bin")

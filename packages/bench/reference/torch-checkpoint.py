"""Saves a safetensors checkpoint as PyTorch does: python3 torch-checkpoint.py model.safetensors pytorch_model.bin

Needs PyTorch alone (Debian: apt-get install python3-torch). The two projections are saved as transposed
views, since the conversion that published CLIP's weights took them over in that way.
"""
import json
import mmap
import sys
from collections import OrderedDict

import torch

DTYPES = {"F32": torch.float32, "I64": torch.int64}


def main(source, target):
    with open(source, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    state = OrderedDict()
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        dtype = DTYPES[entry["dtype"]]
        count = (end - begin) // torch.empty(0, dtype=dtype).element_size()
        tensor = torch.frombuffer(data, dtype=dtype, count=count, offset=begin).reshape(entry["shape"])
        if name in ("visual_projection.weight", "text_projection.weight"):
            state[name] = tensor.T.contiguous().T
        else:
            state[name] = tensor.clone()
    torch.save(state, target)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Read and write safetensors files.

Source: https://github.com/huggingface/safetensors#format. A file is the length of the header (u64,
little-endian), the header in JSON (name to dtype, shape and byte range), the tensors end to end.
"""
import json
import os
import struct

import numpy as np
import torch

NUMPY_TYPES = {'F32': '<f4', 'F16': '<f2'}


def read_safetensors(path):
    """Return {name: float32 tensor}."""
    with open(path, 'rb') as file:
        data = file.read()
    header_length = struct.unpack_from('<Q', data)[0]
    header = json.loads(data[8:8 + header_length])
    header.pop('__metadata__', None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + header_length + offset for offset in entry['data_offsets'])
        values = np.frombuffer(data[begin:end], NUMPY_TYPES[entry['dtype']])
        tensors[name] = torch.from_numpy(values.astype(np.float32).reshape(entry['shape']))
    return tensors


def write_safetensors(path, tensors, half=False):
    """Write the tensors in the order of their names, as float16 if `half`, else as float32.

    The file appears whole: it is written under another name first.
    """
    dtype = 'F16' if half else 'F32'
    arrays = {name: tensors[name].float().cpu().contiguous().numpy().astype(NUMPY_TYPES[dtype])
              for name in sorted(tensors)}
    header, offset = {'__metadata__': {'format': 'pt'}}, 0
    for name, array in arrays.items():
        header[name] = {'dtype': dtype, 'shape': list(array.shape),
                        'data_offsets': [offset, offset + array.nbytes]}
        offset += array.nbytes
    encoded = json.dumps(header).encode()
    encoded += b' ' * (-len(encoded) % 8)
    with open(path + '.part', 'wb') as file:
        file.write(struct.pack('<Q', len(encoded)) + encoded)
        for array in arrays.values():
            file.write(array.tobytes())
    os.replace(path + '.part', path)

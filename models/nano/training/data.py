"""Read the image shards; README.md has their format.

A data set here is a pair: images [N, S, S, 3] uint8 and labels [N] int64, S being the set's own
side in pixels.
"""
import concurrent.futures
import io
import os
import struct

import numpy as np
import torch
from PIL import Image

TRAINING_SHARDS = {
    'tiny-imagenet': ['tiny-imagenet-train-0', 'tiny-imagenet-train-1', 'tiny-imagenet-train-2'],
    'cifar10': ['cifar10-train'],
    'caltech101': ['caltech101-train'],
    'scenes': ['scenes-train'],
}
VALIDATION_SHARDS = {
    'cifar10': 'cifar10-test',
    'tiny-imagenet': 'tiny-imagenet-val',
    'caltech101': 'caltech101-val',
    'scenes': 'scenes-test',
}


def decode(data):
    """Return the RGB pixels [S, S, 3] of an encoded image."""
    return np.asarray(Image.open(io.BytesIO(data)).convert('RGB'))


def read_shard(path, limit=0):
    """Return (images, labels) of one file, or of its first `limit` images."""
    with open(path, 'rb') as file:
        data = file.read()
    total = struct.unpack_from('<I', data)[0]
    sizes = np.frombuffer(data, '<u4', total, 4)
    labels = np.frombuffer(data, '<u2', total, 4 + 4 * total).astype(np.int64)
    ends = 4 + 6 * total + np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    count = min(total, limit) if limit else total

    images = np.empty((count, *decode(data[ends[0]:ends[1]]).shape), np.uint8)

    def fill(i):
        images[i] = decode(data[ends[i]:ends[i + 1]])

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(count)))
    return torch.from_numpy(images), torch.from_numpy(labels[:count].copy())


def load_training_sets(folder, names, label_to_class, limit=0):
    """Return {name: (images, classes)}; `label_to_class` has each set's class of each label."""
    sets = {}
    for name in names:
        shards = [read_shard(os.path.join(folder, shard + '.bin'), limit)
                  for shard in TRAINING_SHARDS[name]]
        images, labels = (torch.cat(parts) for parts in zip(*shards))
        sets[name] = images, label_to_class[name][labels]
    return sets


def load_validation_sets(folder, limit=0):
    """Return {name: (images, labels)}, the labels being the set's own."""
    return {name: read_shard(os.path.join(folder, shard + '.bin'), limit)
            for name, shard in VALIDATION_SHARDS.items()}

"""Zero-shot accuracy on the validation shards.

    python3 evaluate.py --model FOLDER

Source: section 3.1 of the CLIP paper (arXiv:2103.00020). A label's text embedding is the mean of
its unit embeddings over the hypothesis templates, made a unit vector again; an image gets the label
whose embedding is nearest.

Dimensions:
    N  images       L  labels of the data set       E  width of the embedding
"""
import argparse
import json
import os

import torch
import torch.nn.functional as F

from augment import Preprocess
from captions import Concepts
from checkpoint import read_safetensors
from data import load_validation_sets
from model import CLIP
from tokenizer import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
HYPOTHESIS_TEMPLATES = ['a photo of a {}.', '{}', 'a picture of a {}']
IMAGES_A_BATCH = 500


def embed_labels(model, tokenizer, names, device):
    """Return the classifier of some label names, [L, E]."""
    total = sum(
        model.encode_text(torch.tensor(
            tokenizer.encode_batch([template.format(name) for name in names])).to(device))
        for template in HYPOTHESIS_TEMPLATES)
    return F.normalize(total, dim=-1)


def accuracy(model, preprocess, images, labels, label_embeddings, limit):
    """Return (top-1, top-5) on `limit` images, always the same ones."""
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(1))[:limit]
    image_embeddings = torch.cat([model.encode_image(preprocess(images[batch]))
                                  for batch in order.split(IMAGES_A_BATCH)])
    similarities = image_embeddings @ label_embeddings.t()          # [N, L]
    best = similarities.topk(min(5, similarities.shape[1])).indices.cpu()
    hits = best == labels[order, None]                              # [N, 5]
    return hits[:, 0].float().mean().item(), hits.any(1).float().mean().item()


def merge_equal_names(names):
    """Return the distinct names, and for each label the position of its name among them."""
    distinct = list(dict.fromkeys(names))
    return distinct, torch.tensor([distinct.index(name) for name in names])


@torch.no_grad()
def evaluate(model, tokenizer, concepts, preprocess, validation_sets, limit):
    """Return the figures for at most `limit` images of each validation set."""
    model.eval()
    top1, top5 = {}, {}
    for dataset, (images, labels) in validation_sets.items():
        names, position = merge_equal_names(concepts.label_names(dataset))
        label_embeddings = embed_labels(model, tokenizer, names, preprocess.device)
        top1[dataset], top5[dataset] = accuracy(
            model, preprocess, images, position[labels], label_embeddings, limit)
    model.train()
    return {
        **{f'{dataset}_top1': round(share, 4) for dataset, share in top1.items()},
        'tiny_imagenet_top5': round(top5['tiny-imagenet'], 4),
        'images_each_at_most': limit,
        'logit_scale': round(float(model.logit_scale.exp()), 2),
    }


def main():
    parser = argparse.ArgumentParser(description='Measure a model on the validation shards.')
    parser.add_argument('--model', required=True, help='folder with config.json and weights')
    parser.add_argument('--data', default=os.path.join(HERE, 'data'), help='folder of the shards')
    parser.add_argument('--images', type=int, default=10000, help='at most so many of each set')
    args = parser.parse_args()
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    with open(os.path.join(args.model, 'config.json'), encoding='utf-8') as file:
        config = json.load(file)
    model = CLIP(config)
    model.load_state_dict(read_safetensors(os.path.join(args.model, 'model.safetensors')))
    preprocess = Preprocess(config['vision_config']['image_size'], device)
    figures = evaluate(model.to(device), Tokenizer(), Concepts(device), preprocess,
                       load_validation_sets(args.data), args.images)
    print(json.dumps(figures, indent=1))


if __name__ == '__main__':
    main()

"""Makes open-clip-siglip-tiny.json and open-clip-siglip2-tiny.json: python3 open-clip-siglip.py FOLDER

Needs open_clip_torch 3.3, timm and torch. open_clip takes a trunk's sizes from timm by its name, so each name is made
to mean a small trunk first; its activation, its heads and its patches are those of timm.
"""

import json
import sys

import numpy as np
import open_clip
import timm
import torch
from timm.models import _registry as registry

from forward import float32, uniform

SEED = 0
IMAGES = 2
LAYERS = 2


def text_config(width, heads, **others):
    return {
        'context_length': 64, 'vocab_size': 300, 'width': width, 'heads': heads, 'layers': LAYERS,
        'hf_tokenizer_name': 'timm/tiny', 'tokenizer_kwargs': {'clean': 'canonicalize'},
        'no_causal_mask': True, 'proj_bias': True, 'pool_type': 'last', 'norm_kwargs': {'eps': 1e-6}, **others,
    }


CASES = {
    'open-clip-siglip-tiny': {
        'trunk': 'vit_so400m_patch14_siglip_384', 'width': 128, 'image_size': 48, 'padding': 1,
        'text': text_config(128, 16, mlp_ratio=3.7362),
    },
    'open-clip-siglip2-tiny': {
        'trunk': 'vit_base_patch32_siglip_256', 'width': 96, 'image_size': 96, 'padding': 0,
        'text': text_config(96, 12, act_kwargs={'approximate': 'tanh'}),
    },
}


def weight(name, shape):
    u = uniform(name, shape, 0)
    if name in ('logit_scale', 'logit_bias'):
        return np.full(shape, {'logit_scale': 4.6052, 'logit_bias': -9.5}[name], np.float64)
    if name.endswith('.latent'):
        return u
    if 'norm' in name or '.ln_' in name:
        return 0.1 * u if name.endswith('bias') else 1 + 0.2 * u
    if name.endswith('bias') or 'embedding' in name or name.endswith('pos_embed'):
        return 0.05 * u
    return np.sqrt(3 / np.prod(shape[1:])) * u


def small(name, **sizes):
    """Lets timm make a small trunk under this name."""
    entry = registry._model_entrypoints[name]
    registry._model_entrypoints[name] = lambda pretrained=False, **kwargs: entry(False, **sizes, **kwargs)


def make(name, trunk, width, image_size, padding, text):
    small(trunk, embed_dim=width, depth=LAYERS, img_size=image_size)
    model_cfg = {
        'embed_dim': width, 'init_logit_bias': -10, 'custom_text': True,
        'vision_cfg': {
            'image_size': image_size, 'timm_model_name': trunk, 'timm_model_pretrained': False,
            'timm_pool': 'map', 'timm_proj': 'none',
            # open_clip passes over them; they tell whoever makes the weights how small the trunk is.
            'layers': LAYERS, 'mlp_ratio': text.get('mlp_ratio', 4),
        },
        'text_cfg': text,
    }
    arguments = {key: value for key, value in model_cfg.items() if key != 'custom_text'}
    model = open_clip.CustomTextCLIP(**arguments).double().eval()
    state = {key: torch.from_numpy(float32(np.asarray(weight(key, tuple(value.shape)))).reshape(value.shape))
             for key, value in model.state_dict().items()}
    model.load_state_dict(state)
    pixels = float32(2 * uniform('pixel_values', (IMAGES, 3, image_size, image_size), SEED))
    # A text of nothing, a short one and one that fills the context.
    random = np.random.default_rng(1)
    ids = np.full((3, text['context_length']), padding)
    for row, length in ((1, 5), (2, text['context_length'] - 1)):
        ids[row, :length] = random.integers(4, text['vocab_size'], length)
        ids[row, length] = 1
    with torch.no_grad():
        images = model.encode_image(torch.from_numpy(pixels))
        texts = model.encode_text(torch.from_numpy(ids))
        logits = model.get_logits(torch.from_numpy(pixels), torch.from_numpy(ids))[0]
    rounded = lambda values: [[float(f'{value:.9g}') for value in row] for row in values.tolist()]
    return {
        'case': name,
        'note': f'computed by open_clip {open_clip.__version__}, timm {timm.__version__}, float64; weights: seeded recipe',
        'seed': SEED, 'config': {'model_cfg': model_cfg}, 'input_ids': ids.tolist(),
        'image_embeds': rounded(images), 'text_embeds': rounded(texts), 'logits_per_image': rounded(logits),
    }


if __name__ == '__main__':
    for name, case in CASES.items():
        with open(f'{sys.argv[1]}/{name}.json', 'w') as file:
            json.dump(make(name, **case), file, separators=(',', ':'))
            file.write('\n')

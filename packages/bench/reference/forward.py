"""CLIP's forward pass in float64 NumPy, and the case files made with it.

    python3 forward.py check CASE.json ...   largest differences between a case file and this code
    python3 forward.py make FOLDER           writes odd-sizes.json and odd-end-token.json

B images, T texts, N tokens, D width, H heads, E width of the embedding. The weights and pixels
follow the recipe in README.md. Written from the papers and from Hugging Face's names of weights;
nothing of ClipQL's own code is used.
"""

import json
import math
import sys

import numpy as np

ERF = np.vectorize(math.erf)
ACTIVATIONS = {
    'quick_gelu': lambda x: x / (1 + np.exp(-1.702 * x)),
    'gelu': lambda x: 0.5 * x * (1 + ERF(x / math.sqrt(2))),
}


def fnv1a(name):
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value


def uniform(name, shape, seed):
    """u of the recipe, float64 in [-1, 1)."""
    mask = np.uint64(0xFFFFFFFF)
    x = np.arange(math.prod(shape), dtype=np.uint64) * np.uint64(0x9E3779B9)
    x = (x + np.uint64((fnv1a(name) + seed * 0x85EBCA6B) % 2**32)) & mask
    x ^= x >> np.uint64(16)
    x = x * np.uint64(0x85EBCA6B) & mask
    x ^= x >> np.uint64(13)
    x = x * np.uint64(0xC2B2AE35) & mask
    x ^= x >> np.uint64(16)
    return (x / 2**32 * 2 - 1).reshape(shape)


def float32(values):
    """Rounded to float32, held in float64."""
    return values.astype(np.float32).astype(np.float64)


def weight(name, *shape):
    u = uniform(name, shape, 0)
    if 'norm' in name or 'layrnorm' in name:
        value = 0.1 * u if name.endswith('bias') else 1 + 0.2 * u
    elif name.endswith('bias') or ('embedding' in name and 'patch_embedding' not in name):
        value = 0.05 * u
    else:
        value = math.sqrt(3 / math.prod(shape[1:])) * u
    return float32(value)


def layer_norm(x, name, epsilon):
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + epsilon)
    return scaled * weight(f'{name}.weight', x.shape[-1]) + weight(f'{name}.bias', x.shape[-1])


def linear(x, name, out):
    return x @ weight(f'{name}.weight', out, x.shape[-1]).T + weight(f'{name}.bias', out)


def attention(x, name, heads, mask):
    """x [B, N, D]; mask [N, N], added to the scores."""
    batch, tokens, width = x.shape

    def by_head(part):
        y = linear(x, f'{name}.{part}_proj', width)
        return y.reshape(batch, tokens, heads, width // heads).transpose(0, 2, 1, 3)

    query, key, value = by_head('q'), by_head('k'), by_head('v')
    scores = query @ key.transpose(0, 1, 3, 2) / math.sqrt(width // heads) + mask
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    context = scores / scores.sum(-1, keepdims=True) @ value
    return linear(context.transpose(0, 2, 1, 3).reshape(x.shape), f'{name}.out_proj', width)


def transformer(x, name, config, mask):
    activation = ACTIVATIONS[config['hidden_act']]
    epsilon = config['layer_norm_eps']
    for i in range(config['num_hidden_layers']):
        layer = f'{name}.encoder.layers.{i}'
        y = layer_norm(x, f'{layer}.layer_norm1', epsilon)
        x = x + attention(y, f'{layer}.self_attn', config['num_attention_heads'], mask)
        y = layer_norm(x, f'{layer}.layer_norm2', epsilon)
        y = activation(linear(y, f'{layer}.mlp.fc1', config['intermediate_size']))
        x = x + linear(y, f'{layer}.mlp.fc2', x.shape[-1])
    return x


def embed_images(config, pixels):
    """pixels [B, 3, S, S] to [B, E]; what lies beyond the last whole patch is not seen."""
    vision, name = config['vision_config'], 'vision_model'
    width, patch = vision['hidden_size'], vision['patch_size']
    side = vision['image_size'] // patch
    kernel = weight(f'{name}.embeddings.patch_embedding.weight', width, 3, patch, patch)
    patches = [
        pixels[:, :, i * patch : (i + 1) * patch, j * patch : (j + 1) * patch]
        for i in range(side)
        for j in range(side)
    ]
    x = np.stack([np.einsum('bcuv,dcuv->bd', p, kernel) for p in patches], 1)
    first = weight(f'{name}.embeddings.class_embedding', width)
    x = np.concatenate([np.tile(first, (len(x), 1, 1)), x], 1)
    x = x + weight(f'{name}.embeddings.position_embedding.weight', side**2 + 1, width)
    x = layer_norm(x, f'{name}.pre_layrnorm', vision['layer_norm_eps'])
    x = transformer(x, name, vision, 0)
    x = layer_norm(x[:, 0], f'{name}.post_layernorm', vision['layer_norm_eps'])
    return x @ weight('visual_projection.weight', config['projection_dim'], width).T


def embed_text(config, ids):
    """ids [N] to [E]."""
    text, name = config['text_config'], 'text_model'
    width, ids = text['hidden_size'], np.array(ids)
    x = weight(f'{name}.embeddings.token_embedding.weight', text['vocab_size'], width)[ids]
    positions = f'{name}.embeddings.position_embedding.weight'
    x = x + weight(positions, text['max_position_embeddings'], width)[: len(ids)]
    mask = np.triu(np.full((len(ids), len(ids)), -np.inf), 1)
    x = transformer(x[None], name, text, mask)[0]
    x = layer_norm(x, f'{name}.final_layer_norm', text['layer_norm_eps'])
    end = text['eos_token_id']
    row = ids.argmax() if end == 2 else list(ids).index(end)
    return x[row] @ weight('text_projection.weight', config['projection_dim'], width).T


def outputs(case, images):
    config = case['config']
    size = config['vision_config']['image_size']
    pixels = float32(2 * uniform('pixel_values', (images, 3, size, size), case['seed']))
    image = embed_images(config, pixels)
    text = np.stack([embed_text(config, ids) for ids in case['input_ids']])
    lengths = np.outer(np.linalg.norm(image, axis=-1), np.linalg.norm(text, axis=-1))
    logits = math.exp(np.float32(4.6052)) * (image @ text.T) / lengths
    return {'image_embeds': image, 'text_embeds': text, 'logits_per_image': logits}


def check(path):
    with open(path) as file:
        case = json.load(file)
    for name, values in outputs(case, len(case['image_embeds'])).items():
        print(path, name, np.abs(values - np.array(case[name])).max())


def tower(**fields):
    names = ['hidden_size', 'num_attention_heads', 'intermediate_size', 'num_hidden_layers']
    sizes = dict(zip(names, fields.pop('sizes')))
    return {**sizes, 'layer_norm_eps': 1e-5, **fields}


ODD_SIZES = {
    'case': 'odd-sizes',
    'note': 'weights: seeded recipe; pixel_values: seeded recipe, seed 7',
    'seed': 7,
    'config': {
        'model_type': 'clip',
        'projection_dim': 40,
        'vision_config': tower(
            sizes=(96, 3, 100, 3), image_size=60, patch_size=14, num_channels=3, hidden_act='gelu'
        ),
        'text_config': tower(
            sizes=(60, 5, 77, 2), vocab_size=321, max_position_embeddings=16,
            hidden_act='quick_gelu', eos_token_id=2,
        ),
    },
    # The end token is the highest id there is, and 2 an ordinary token. Texts are padded with the
    # end token, with 0, or not at all; the last one fills the context.
    'input_ids': [
        [319, 2, 17, 320, 320, 320, 320, 320, 320, 320, 320, 320, 320, 320, 320, 320],
        [319, 204, 2, 9, 88, 318, 2, 320, 0, 0, 0, 0, 0, 0, 0, 0],
        [319, 320],
        [319, 300, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 318, 320],
    ],
}

ODD_END_TOKEN = {
    'case': 'odd-end-token',
    'note': 'weights: seeded recipe; pixel_values: seeded recipe, seed 4000000000',
    'seed': 4000000000,
    'config': {
        'model_type': 'clip',
        'projection_dim': 21,
        'vision_config': tower(
            sizes=(33, 1, 66, 1), image_size=31, patch_size=9, num_channels=3,
            hidden_act='quick_gelu', layer_norm_eps=1e-6,
        ),
        'text_config': tower(
            sizes=(36, 12, 50, 3), vocab_size=97, max_position_embeddings=11,
            hidden_act='gelu', layer_norm_eps=1e-3, eos_token_id=5,
        ),
    },
    # The end token is lower than most: the first 5 counts, not the highest id.
    'input_ids': [
        [4, 96, 5, 5, 5, 5, 5, 5, 5, 5, 5],
        [4, 5],
        [4, 50, 60, 70, 80, 90, 10, 20, 30, 40, 5],
        [4, 7, 5, 96, 95],
    ],
}


def nine_digits(matrix):
    return [[float(f'{value:.9g}') for value in row] for row in matrix]


def make(folder):
    for case in (ODD_SIZES, ODD_END_TOKEN):
        values = {name: nine_digits(array) for name, array in outputs(case, 3).items()}
        with open(f'{folder}/{case["case"]}.json', 'w') as file:
            json.dump({**case, **values}, file)
            file.write('\n')


if __name__ == '__main__':
    command, *arguments = sys.argv[1:]
    for argument in arguments:
        {'check': check, 'make': make}[command](argument)

"""Write a model folder in the layout of Hugging Face's CLIPModel.

Sources: the config.json, preprocessor_config.json, tokenizer_config.json and tokenizer.json that
transformers reads and writes for CLIP.
"""
import json
import os

from augment import IMAGE_MEAN, IMAGE_STD
from checkpoint import write_safetensors
from model import INITIAL_LOGIT_SCALE
from tokenizer import CONTEXT_LENGTH, END_OF_TEXT, END_OF_WORD, START_OF_TEXT

# WORD_PATTERN of tokenizer.py for all scripts, with the special tokens
UNICODE_WORD_PATTERN = (r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d"
                        r"|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")


def model_config(args, tokenizer):
    """Return config.json for the sizes on the command line."""
    common = {
        'hidden_act': 'quick_gelu',
        'layer_norm_eps': 1e-5,
        'projection_dim': args.proj,
    }
    return {
        'architectures': ['CLIPModel'],
        'model_type': 'clip',
        'projection_dim': args.proj,
        'logit_scale_init_value': INITIAL_LOGIT_SCALE,
        'vision_config': {
            'model_type': 'clip_vision_model',
            'image_size': args.image,
            'patch_size': args.patch,
            'num_channels': 3,
            'hidden_size': args.width,
            'num_attention_heads': args.heads,
            'intermediate_size': 4 * args.width,
            'num_hidden_layers': args.layers,
            **common,
        },
        'text_config': {
            'model_type': 'clip_text_model',
            'vocab_size': len(tokenizer.vocab),
            'hidden_size': args.twidth,
            'num_attention_heads': args.theads,
            'intermediate_size': 4 * args.twidth,
            'num_hidden_layers': args.tlayers,
            'max_position_embeddings': CONTEXT_LENGTH,
            'bos_token_id': tokenizer.start_id,
            'eos_token_id': tokenizer.end_id,
            'pad_token_id': tokenizer.end_id,
            **common,
        },
    }


def preprocessor_config(image_size):
    """Return preprocessor_config.json; 3 is Pillow's number for bicubic."""
    return {
        'image_processor_type': 'CLIPImageProcessor',
        'do_resize': True,
        'size': {'shortest_edge': image_size},
        'resample': 3,
        'do_center_crop': True,
        'crop_size': {'height': image_size, 'width': image_size},
        'do_rescale': True,
        'rescale_factor': 1 / 255,
        'do_normalize': True,
        'image_mean': IMAGE_MEAN,
        'image_std': IMAGE_STD,
        'do_convert_rgb': True,
    }


def tokenizer_config():
    """Return tokenizer_config.json."""
    return {
        'tokenizer_class': 'CLIPTokenizer',
        'model_max_length': CONTEXT_LENGTH,
        'bos_token': START_OF_TEXT,
        'eos_token': END_OF_TEXT,
        'pad_token': END_OF_TEXT,
        'unk_token': END_OF_TEXT,
        'do_lower_case': True,
    }


def added_token(content, token_id):
    return {
        'content': content,
        'single_word': False,
        'lstrip': False,
        'rstrip': False,
        'normalized': False,
        'id': token_id,
        'special': True,
    }


def byte_level(add_prefix_space):
    return {
        'type': 'ByteLevel',
        'add_prefix_space': add_prefix_space,
        'trim_offsets': True,
        'use_regex': True,
    }


def tokenizer_json(tokenizer):
    """Return tokenizer.json: the same encoding as tokenizer.py, for Hugging Face's library."""
    return {
        'version': '1.0',
        'truncation': None,
        'padding': None,
        'added_tokens': [added_token(START_OF_TEXT, tokenizer.start_id),
                         added_token(END_OF_TEXT, tokenizer.end_id)],
        'normalizer': {
            'type': 'Sequence',
            'normalizers': [
                {'type': 'NFC'},
                {'type': 'Replace', 'pattern': {'Regex': r'\s+'}, 'content': ' '},
                {'type': 'Lowercase'},
            ],
        },
        'pre_tokenizer': {
            'type': 'Sequence',
            'pretokenizers': [
                {'type': 'Split', 'pattern': {'Regex': UNICODE_WORD_PATTERN},
                 'behavior': 'Removed', 'invert': True},
                byte_level(add_prefix_space=False),
            ],
        },
        'post_processor': {
            'type': 'RobertaProcessing',
            'sep': [END_OF_TEXT, tokenizer.end_id],
            'cls': [START_OF_TEXT, tokenizer.start_id],
            'trim_offsets': False,
            'add_prefix_space': False,
        },
        'decoder': byte_level(add_prefix_space=True),
        'model': {
            'type': 'BPE',
            'dropout': None,
            'unk_token': END_OF_TEXT,
            'continuing_subword_prefix': '',
            'end_of_word_suffix': END_OF_WORD,
            'fuse_unk': False,
            'byte_fallback': False,
            'ignore_merges': False,
            'vocab': tokenizer.vocab,
            'merges': [list(pair) for pair in tokenizer.merges],
        },
    }


def write_model(folder, tensors, config, tokenizer, figures, half=False):
    """Write the six files of a model folder, over the ones that are there."""
    write_safetensors(os.path.join(folder, 'model.safetensors'), tensors, half)
    files = {
        'config.json': config,
        'figures.json': figures,
        'preprocessor_config.json': preprocessor_config(config['vision_config']['image_size']),
        'tokenizer_config.json': tokenizer_config(),
        'tokenizer.json': tokenizer_json(tokenizer),
    }
    for name, content in files.items():
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            json.dump(content, file, indent=1, ensure_ascii=False)

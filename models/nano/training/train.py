"""Train a small CLIP on Tiny ImageNet, CIFAR-10, Caltech-101 and Intel's scenes.

The captions are WordNet's words for each class and for what stands above it. Needs torch, numpy and
pillow. Uses a GPU where there is one. Stops after --seconds; the learning rate follows the clock.

    CPU: python3 train.py --seconds 6600
    GPU: python3 train.py --seconds 900 --image 64 --width 256 --layers 8 --heads 4 --proj 256 \\
             --twidth 192 --tlayers 4 --theads 3 --batch 1024 --lr 1.5e-3 --half --compile

Writes model.safetensors, config.json, tokenizer.json, tokenizer_config.json,
preprocessor_config.json, figures.json and log.txt to --out, again and again while it runs.

Sources: CLIP (arXiv:2103.00020); mixup (Zhang et al., arXiv:1710.09412).

Dimensions:
    B  images of the step      C  classes in the step     A  ancestors (other concepts) in the step
    S  side of the image       T  tokens
"""
import argparse
import os
import random
import time

import numpy as np
import torch

from augment import Preprocess, augment_groups, augment_images
from captions import Concepts
from checkpoint import read_safetensors
from data import load_training_sets, load_validation_sets
from evaluate import evaluate
from export import model_config, write_model
from loss import caption_loss
from model import CLIP
from optimizer import AveragedWeights, learning_rate, make_optimizer
from tokenizer import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
MAX_LOGIT_SCALE = 100
MIXUP_BETA = 0.3
MAX_GRADIENT_NORM = 1.0
CAPTION_LENGTH_ON_GPU = 24              # a fixed length, so that --compile compiles once
ALWAYS_CANDIDATES = ('cifar10', 'scenes')
QUICK_EVALUATION, FULL_EVALUATION = 2000, 10000     # images of each set


def parse_arguments():
    parser = argparse.ArgumentParser(
        description='Train a small CLIP on image shards, with words from WordNet.',
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add('--seconds', type=float, default=600, help='how long to train')
    add('--out', default='out', help='folder for the model')
    add('--data', default=os.path.join(HERE, 'data'), help='folder of the shards')
    add('--image', type=int, default=48, help='side of the input image, in pixels')
    add('--patch', type=int, default=8, help='side of a patch, in pixels')
    add('--width', type=int, default=128, help='width of the image tower')
    add('--layers', type=int, default=6, help='layers of the image tower')
    add('--heads', type=int, default=4, help='attention heads of the image tower')
    add('--twidth', type=int, default=128, help='width of the text tower')
    add('--tlayers', type=int, default=2, help='layers of the text tower')
    add('--theads', type=int, default=4, help='attention heads of the text tower')
    add('--proj', type=int, default=128, help='width of the shared embedding')
    add('--batch', type=int, default=128, help='images a step')
    add('--lr', type=float, default=1.5e-3, help='highest learning rate')
    add('--wd', type=float, default=0.05, help='weight decay of matrices')
    add('--mix', default='tiny-imagenet=.5,cifar10=.25,caltech101=.1,scenes=.15',
        help='share of each data set in a batch')
    add('--init', default='', help='model.safetensors to start from')
    add('--anc', type=int, default=32, help='ancestor concepts a step')
    add('--mixup', type=float, default=None,
        help='share of batches with mixed images; None: .5 on a GPU, 0 on a CPU')
    add('--half', action='store_true', help='store float16')
    add('--compile', action='store_true', help='use torch.compile')
    add('--limit', type=int, default=0, help='read so many images of a shard; 0: all')
    return parser.parse_args()


class Log:
    """Prints a line and appends it to a file."""

    def __init__(self, path):
        self.file = open(path, 'a', encoding='utf-8')

    def __call__(self, *parts):
        line = ' '.join(map(str, parts))
        print(line, flush=True)
        self.file.write(line + '\n')
        self.file.flush()


def parse_mix(text):
    """'a=.5,b=.25' to {'a': .5, 'b': .25}."""
    pairs = (part.split('=') for part in text.split(','))
    return {name: float(share) for name, share in pairs}


class Trainer:
    """What a training step needs: the model, the data, the optimizer and its settings."""

    def __init__(self, args, device, model, tokenizer, concepts, training_sets):
        self.device, self.on_gpu = device, device == 'cuda'
        self.model, self.tokenizer, self.concepts = model, tokenizer, concepts
        self.training_sets = training_sets
        self.images_of_set = {name: round(args.batch * share)
                              for name, share in parse_mix(args.mix).items()}
        self.peak_rate, self.ancestor_count, self.mixup = args.lr, args.anc, args.mixup
        self.preprocess = Preprocess(args.image, device)
        self.augment = augment_images if self.on_gpu else augment_groups
        self.average = AveragedWeights(model, max_decay=0.999 if self.on_gpu else 0.995)
        self.optimizer = make_optimizer(model, args.lr, args.wd)
        self.encode_image, self.encode_text = model.encode_image, model.encode_text
        if args.compile:
            self.encode_image = torch.compile(model.encode_image)
            self.encode_text = torch.compile(model.encode_text, dynamic=True)
        self.steps = self.images_seen = 0

    def sample_images(self):
        """Return a batch [B, 3, S, S] with the agreed share of each data set, and classes [B]."""
        images, labels = [], []
        for name, count in self.images_of_set.items():
            all_images, all_labels = self.training_sets[name]
            picked = torch.randint(len(all_images), (count,), device=all_images.device)
            images.append(self.augment(all_images[picked], name, self.preprocess))
            labels.append(all_labels[picked])
        return torch.cat(images), torch.cat(labels).to(self.device)

    def choose_concepts(self, labels):
        """Return the classes and the ancestors whose captions this step uses.

        A GPU uses all classes; a CPU those of the batch and the sets with few classes.
        """
        classes = range(self.concepts.class_count)
        if not self.on_gpu:
            classes = set(labels.tolist())
            for name in ALWAYS_CANDIDATES:
                classes.update(self.concepts.label_to_class[name].tolist())
        ancestors = range(self.concepts.class_count, self.concepts.concept_count)
        count = min(self.ancestor_count, len(ancestors))
        return sorted(classes), random.sample(ancestors, count)

    def sample_captions(self, concepts):
        """Return the token ids of one random caption a concept, [C + A, T]."""
        captions = [self.concepts.sample_caption(concept) for concept in concepts]
        length = CAPTION_LENGTH_ON_GPU if self.on_gpu else 0
        return torch.tensor(self.tokenizer.encode_batch(captions, length)).to(self.device)

    def logits(self, pixels, tokens):
        """Return the scaled cosine of each image and caption, [B, C + A]."""
        with torch.autocast(self.device, torch.bfloat16, enabled=self.on_gpu):
            cosines = self.encode_image(pixels) @ self.encode_text(tokens).t()
            return cosines.float() * self.model.logit_scale.exp().clamp(max=MAX_LOGIT_SCALE)

    def loss(self):
        """Return the loss of a fresh batch, and its number of images."""
        pixels, labels = self.sample_images()
        classes, ancestors = self.choose_concepts(labels)
        tokens = self.sample_captions(classes + ancestors)
        mixed = random.random() < self.mixup
        if mixed:
            share = float(np.random.beta(MIXUP_BETA, MIXUP_BETA))
            order = torch.randperm(len(pixels), device=self.device)
            pixels = share * pixels + (1 - share) * pixels[order]
        logits = self.logits(pixels, tokens)
        loss = caption_loss(logits, labels, classes, ancestors, self.concepts)
        if mixed:
            other = caption_loss(logits, labels[order], classes, ancestors, self.concepts)
            loss = share * loss + (1 - share) * other
        return loss, len(pixels)

    def step(self, progress):
        """Take one step at `progress` in 0..1; return its loss and learning rate."""
        rate = learning_rate(self.peak_rate, self.steps, progress)
        for group in self.optimizer.param_groups:
            group['lr'] = rate
        loss, count = self.loss()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT_NORM)
        self.optimizer.step()
        self.steps += 1
        self.images_seen += count
        self.average.update(self.model, self.steps)
        return loss, rate

    def evaluate(self, validation_sets, limit):
        """Return the figures of the averaged weights."""
        with self.average.loaded_into(self.model):
            return evaluate(self.model, self.tokenizer, self.concepts, self.preprocess,
                            validation_sets, limit)


def run(trainer, validation_sets, seconds, save, log):
    """Train for `seconds`; measure and save up to 40 times, at least 20 seconds apart.

    Return the time at which it started.
    """
    start = last_look = time.time()
    smooth_loss = None
    while (progress := (time.time() - start) / seconds) < 1:
        loss, rate = trainer.step(progress)
        if trainer.steps % 20 == 0:
            value = loss.item()
            smooth_loss = value if smooth_loss is None else .9 * smooth_loss + .1 * value
        if time.time() - last_look > max(20, seconds / 40):
            last_look = time.time()
            figures = trainer.evaluate(validation_sets, QUICK_EVALUATION)
            log(f'{int(last_look - start):5d} s step {trainer.steps} images {trainer.images_seen}',
                f'loss {smooth_loss or 0:.3f} lr {rate:.1e} {figures}')
            save(figures)
    return start


def set_up(seed):
    """Seed every source of randomness and return the device, 'cuda' or 'cpu'."""
    torch.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed)
    if torch.cuda.is_available():
        torch.backends.cuda.matmul.allow_tf32 = True
        return 'cuda'
    torch.set_num_threads(os.cpu_count())
    return 'cpu'


def load_training_data(args, device, concepts):
    """Return the training sets named in --mix; on a GPU they stay in its memory."""
    sets = load_training_sets(args.data, parse_mix(args.mix), concepts.label_to_class, args.limit)
    if device == 'cuda':
        sets = {name: (x.to(device), y.to(device)) for name, (x, y) in sets.items()}
    return sets


def parameter_count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def main():
    args = parse_arguments()
    device = set_up(seed=0)
    if args.mixup is None:
        args.mixup = 0.5 if device == 'cuda' else 0.0
    os.makedirs(args.out, exist_ok=True)
    log = Log(os.path.join(args.out, 'log.txt'))
    tokenizer, concepts = Tokenizer(), Concepts(device)

    start = time.time()
    training_sets = load_training_data(args, device, concepts)
    validation_sets = load_validation_sets(args.data, args.limit)
    log('data', {name: tuple(x.shape) for name, (x, _) in training_sets.items()},
        f'loaded in {time.time() - start:.0f} s; {concepts.class_count} classes',
        f'{concepts.concept_count} concepts {device}')

    config = model_config(args, tokenizer)
    model = CLIP(config).to(device)
    if args.init:
        model.load_state_dict(read_safetensors(args.init))
    log(f'parameters: vision {parameter_count(model.vision_model) / 1e6:.2f} M,',
        f'text {parameter_count(model.text_model) / 1e6:.2f} M')
    trainer = Trainer(args, device, model, tokenizer, concepts, training_sets)

    def save(figures):
        write_model(args.out, trainer.average.tensors, config, tokenizer, figures, args.half)

    start = run(trainer, validation_sets, args.seconds, save, log)
    figures = {
        **trainer.evaluate(validation_sets, FULL_EVALUATION),
        'steps': trainer.steps,
        'images_seen': trainer.images_seen,
        'seconds': round(time.time() - start),
        'device': torch.cuda.get_device_name() if device == 'cuda' else 'cpu',
        'arguments': {name: value for name, value in vars(args).items()
                      if name not in ('out', 'data', 'init')},
        'started_from': os.path.basename(os.path.dirname(args.init)) or None,
    }
    log('end', figures)
    save(figures)


if __name__ == '__main__':
    main()

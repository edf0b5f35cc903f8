"""Images to the model's input, with and without random changes.

Sources: Pillow's antialiased bicubic resize, which CLIP's preprocessing uses; random resized crops
(Szegedy et al., arXiv:1409.4842); random erasing (Zhong et al., arXiv:1708.04896).

Dimensions:
    N  images       H  side of an image as it is stored       S  side of the model's input
"""
import math
import random

import torch
import torch.nn.functional as F

IMAGE_MEAN = [0.48145466, 0.4578275, 0.40821073]
IMAGE_STD = [0.26862954, 0.26130258, 0.27577711]

MIN_CROP_SIDE = {'cifar10': .75}                            # share of the side, per group
DEFAULT_MIN_CROP_SIDE = .55
MIN_CROP_AREA = {'cifar10': .6, 'caltech101': .5}           # share of the area, per image
DEFAULT_MIN_CROP_AREA = .3
MAX_LOG_ASPECT_RATIO = math.log(4 / 3)
COLOUR_JITTER = .4


def to_unit_range(images):
    """[N, H, H, 3] uint8 to [N, 3, H, H] float in 0..1."""
    return images.permute(0, 3, 1, 2).float() / 255


class Preprocess:
    """Resize and normalise without any random change: [N, H, H, 3] uint8 to [N, 3, S, S]."""

    def __init__(self, size, device):
        self.size, self.device = size, device
        self.mean = torch.tensor(IMAGE_MEAN, device=device).view(1, 3, 1, 1)
        self.std = torch.tensor(IMAGE_STD, device=device).view(1, 3, 1, 1)

    def normalise(self, x):
        return (x - self.mean) / self.std

    def __call__(self, images):
        x = to_unit_range(images.to(self.device))                   # [N, 3, H, H]
        if x.shape[-1] != self.size:
            x = F.interpolate(x, size=(self.size, self.size), mode='bicubic',
                              align_corners=False, antialias=True).clamp(0, 1)
        return self.normalise(x)                                    # [N, 3, S, S]


def augment_groups(images, dataset, preprocess):
    """For a CPU: one random square, flip and loss of colour for a quarter of the batch at a time.

    [N, H, H, 3] uint8 to [N, 3, S, S].
    """
    min_side = MIN_CROP_SIDE.get(dataset, DEFAULT_MIN_CROP_SIDE)
    groups = []
    for group in images.split(max(32, len(images) // 4)):
        H = group.shape[1]
        side = random.randint(int(H * min_side), H)
        top, left = random.randint(0, H - side), random.randint(0, H - side)
        group = group[:, top:top + side, left:left + side]          # [N/4, side, side, 3]
        if random.random() < .15:
            grey = group.float().mean(3, keepdim=True).to(torch.uint8)
            group = grey.expand(-1, -1, -1, 3)
        if random.random() < .5:
            group = group.flip(2)
        groups.append(preprocess(group))
    return torch.cat(groups)


def augment_images(images, dataset, preprocess):
    """For a GPU: a random box, flip, colours, blur and hole for each image.

    [N, H, H, 3] uint8 to [N, 3, S, S].
    """
    x = to_unit_range(images)                                       # [N, 3, H, H]
    x = random_boxes(x, preprocess.size, MIN_CROP_AREA.get(dataset, DEFAULT_MIN_CROP_AREA))
    x = random_colours(x)
    x = random_blur(x)
    return random_erasing(preprocess.normalise(x))                  # [N, 3, S, S]


def random_boxes(x, size, min_area):
    """Cut a box of `min_area` or more of each image, flip half of them: to [N, 3, S, S]."""
    n, device = len(x), x.device
    area = min_area + (1 - min_area) * torch.rand(n, device=device)
    aspect = torch.exp((torch.rand(n, device=device) * 2 - 1) * MAX_LOG_ASPECT_RATIO)
    width = (area * aspect).sqrt().clamp(max=1)
    height = (area / aspect).sqrt().clamp(max=1)
    centre_x = (torch.rand(n, device=device) * 2 - 1) * (1 - width)     # in -1..1, as
    centre_y = (torch.rand(n, device=device) * 2 - 1) * (1 - height)    # affine_grid wants it
    flip = torch.where(torch.rand(n, device=device) < .5, -1., 1.)
    affine = torch.zeros(n, 2, 3, device=device)
    affine[:, 0, 0], affine[:, 0, 2] = width * flip, centre_x
    affine[:, 1, 1], affine[:, 1, 2] = height, centre_y
    grid = F.affine_grid(affine, (n, 3, size, size), align_corners=False)
    return F.grid_sample(x, grid, mode='bilinear', padding_mode='reflection', align_corners=False)


def random_colours(x):
    """Change brightness, contrast and saturation; take the colour from one image in ten."""
    def per_image():
        return torch.rand(len(x), 1, 1, 1, device=x.device)

    def factor():
        return 1 + (per_image() * 2 - 1) * COLOUR_JITTER

    x = x * factor()
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * factor() + mean
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * factor() + grey
    return torch.where(per_image() < .1, grey.expand_as(x), x).clamp(0, 1)


def random_blur(x):
    """Halve the resolution of 15 images in a hundred."""
    blurred = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode='bilinear',
                            align_corners=False)
    return torch.where(torch.rand(len(x), 1, 1, 1, device=x.device) < .15, blurred, x)


def random_erasing(x):
    """Set a square of a quarter of the side to the mean colour, in a quarter of the images."""
    n, size, device = len(x), x.shape[-1], x.device
    hole = max(4, size // 4)
    rows, columns = torch.meshgrid(torch.arange(size, device=device),
                                   torch.arange(size, device=device), indexing='ij')
    top = (torch.rand(n, device=device) * (size - hole)).view(-1, 1, 1)
    left = (torch.rand(n, device=device) * (size - hole)).view(-1, 1, 1)
    chosen = (torch.rand(n, device=device) < .25).view(-1, 1, 1)
    inside = (rows >= top) & (rows < top + hole) & (columns >= left) & (columns < left + hole)
    return x.masked_fill((inside & chosen)[:, None], 0.)

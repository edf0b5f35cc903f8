"""Makes files/resize with Pillow 12.3: noise, and what each filter makes of it in two sizes."""

import random
from pathlib import Path

from PIL import Image

FILES = Path(__file__).parent / "files" / "resize"
FILTERS = ["NEAREST", "LANCZOS", "BILINEAR", "BICUBIC", "BOX", "HAMMING"]

source = Image.frombytes("RGB", (29, 41), random.Random(6).randbytes(29 * 41 * 3))
source.save(FILES / "noise.png")
for name in FILTERS:
    for size in [(13, 11), (40, 17)]:
        resized = source.resize(size, Image.Resampling[name])
        resized.save(FILES / f"{size[0]}x{size[1]}.{name.lower()}.png", optimize=True)

"""Makes files/bmp and files/tiff with Pillow 12.3 and tifffile 2026, and beside each the PNG of what
Pillow reads in it. BMPs of kinds that Pillow does not write are put together here."""

import struct
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageOps

FILES = Path(__file__).parent / "files"
WIDTH, HEIGHT = 13, 7  # An odd width, so that rows of 4 bits a pixel end within a byte.


def picture(width=WIDTH, height=HEIGHT):
    """The picture of sample-picture.ts."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([20 * x, 36 * y, 200 + 13 * x - 29 * y], axis=2).astype(np.uint8)


def read_by_pillow(path):
    with Image.open(path) as image:
        ImageOps.exif_transpose(image).convert("RGB").save(path.with_suffix(".png"), optimize=True)


RGB = picture()
IMAGE = Image.fromarray(RGB)
ALPHA = np.linspace(0, 255, WIDTH * HEIGHT).astype(np.uint8).reshape(HEIGHT, WIDTH)
RGBA = np.dstack([RGB, ALPHA])


def tiff(name, save):
    path = FILES / "tiff" / f"{name}.tif"
    save(path)
    read_by_pillow(path)


def by_tifffile(name, data, **options):
    tiff(name, lambda path: tifffile.imwrite(path, data, metadata=None, software=None, **options))


tiff("strips-lzw-predictor", lambda path: IMAGE.save(path, compression="tiff_lzw", tiffinfo={317: 2, 278: 3}))
tiff("cmyk-deflate", lambda path: IMAGE.convert("CMYK").save(path, compression="tiff_adobe_deflate"))
tiff("palette-4-bits-packbits", lambda path: IMAGE.quantize(16).save(path, compression="packbits"))
tiff("one-bit", lambda path: IMAGE.convert("1").save(path))
tiff("jpeg", lambda path: IMAGE.convert("L").save(path, compression="jpeg"))
tiff("two-pages", lambda path: IMAGE.save(path, save_all=True, append_images=[IMAGE.convert("L")]))
tiff("turned", lambda path: IMAGE.save(path, tiffinfo={274: 6}))
WIDE = RGB.astype(np.uint16) * 251
for order, name in (("<", "little"), (">", "big")):
    by_tifffile(f"tiles-16-bits-{name}-endian", WIDE, photometric="rgb", tile=(16, 16),
                compression="zlib", predictor=True, byteorder=order)  # fmt: skip
PLANES = np.moveaxis(RGB, 2, 0).copy()
by_tifffile("planes-strips", PLANES, photometric="rgb", planarconfig="separate", rowsperstrip=3, compression="lzw")
by_tifffile("premultiplied", RGBA, photometric="rgb", extrasamples=["assocalpha"])
by_tifffile("white-is-zero", RGB[:, :, 0].copy(), photometric="miniswhite")
by_tifffile("jpeg-ycbcr-tiles", np.kron(RGB, np.ones((2, 2, 1), np.uint8)), photometric="ycbcr",
            compression="jpeg", subsampling=(2, 2), tile=(16, 16))  # fmt: skip


def bmp(name, data):
    path = FILES / "bmp" / f"{name}.bmp"
    path.write_bytes(data)
    read_by_pillow(path)


def windows_bmp(bits, rows, *, compression=0, palette=b"", masks=b"", size=40, top_down=False, gap=0):
    data = b"".join(rows if top_down else rows[::-1]) if isinstance(rows, list) else rows
    header = struct.pack("<IiiHHIIiiII", size, WIDTH, -HEIGHT if top_down else HEIGHT, 1, bits, compression,
                         len(data), 0, 0, len(palette) // 4, 0)  # fmt: skip
    if size > 40:
        header, masks = (header + masks).ljust(size, b"\0"), b""
    offset = 14 + len(header + masks + palette) + gap
    start = b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset)
    return start + header + masks + palette + b"\xee" * gap + data


def words(row):
    return row + b"\0" * (-len(row) % 4)


def packed(values, bits, kind):
    """Pixels whose red is highest, then green, then blue."""
    red, green, blue = (RGB[:, :, i].astype(np.uint32) >> (8 - b) for i, b in enumerate(bits))
    pixels = ((red << bits[1] | green) << bits[2] | blue) << values
    return [words(row.astype(kind).tobytes()) for row in pixels]


def run_lengths(rows, bits):
    """Pixels as they are, runs, and a step over the last two of the first rows."""
    out = b""
    for number, row in enumerate(rows):
        pixels = [int(value) for value in row]
        # Pillow misreads an odd number of 4 bits.
        plain = pixels[:5] if bits == 8 else [a << 4 | b for a, b in zip(pixels[0:4:2], pixels[1:4:2])]
        first = 5 if bits == 8 else 4
        out += bytes([0, first]) + bytes(plain) + b"\0" * (len(plain) % 2)
        for value in pixels[first:-2]:
            out += bytes([1, value if bits == 8 else value << 4])
        out += b"\0\2\2\0" if number < 3 else bytes([2, pixels[-1] if bits == 8 else pixels[-1] * 17])
        out += b"\0\1" if number == len(rows) - 1 else b"\0\0"
    return out


def colours(image, count):
    flat = image.getpalette()[: 3 * count]
    return b"".join(bytes([*flat[i : i + 3][::-1], 0]) for i in range(0, len(flat), 3))


BGR = [words(row[:, ::-1].tobytes()) for row in RGB]
EIGHT, FOUR = IMAGE.quantize(64), IMAGE.quantize(16)
INDICES = np.asarray(FOUR)
NIBBLES = [
    words(bytes(int(a) << 4 | int(b) for a, b in zip(row[0::2], [*row[1::2], 0]))) for row in INDICES
]

(FILES / "bmp").mkdir(exist_ok=True)
for name, image in {"rgb": IMAGE, "grey": IMAGE.convert("L"), "one-bit": IMAGE.convert("1"), "palette": EIGHT}.items():
    image.save(FILES / "bmp" / f"{name}.bmp")
    read_by_pillow(FILES / "bmp" / f"{name}.bmp")
bmp("top-down-gap", windows_bmp(24, BGR, top_down=True, gap=10))
bmp("four-bits", windows_bmp(4, NIBBLES, palette=colours(FOUR, 16)))
bmp("rle8", windows_bmp(8, run_lengths(np.asarray(EIGHT)[::-1], 8), compression=1, palette=colours(EIGHT, 64)))
bmp("rle4", windows_bmp(4, run_lengths(INDICES[::-1], 4), compression=2, palette=colours(FOUR, 16)))
bmp("16-bits", windows_bmp(16, packed(0, (5, 5, 5), "<u2")))
bmp("16-bits-masks", windows_bmp(16, packed(0, (5, 6, 5), "<u2"), compression=3,
                                 masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F), size=124))  # fmt: skip
bmp("32-bits", windows_bmp(32, packed(0, (8, 8, 8), "<u4")))
bmp("32-bits-masks", windows_bmp(32, packed(8, (8, 8, 8), "<u4"), compression=3,
                                 masks=struct.pack("<III", 0xFF000000, 0xFF0000, 0xFF00)))  # fmt: skip
flat = EIGHT.getpalette()[:192] + [0] * 576
entries = b"".join(bytes(flat[i : i + 3][::-1]) for i in range(0, 768, 3))
rows = b"".join(words(row.tobytes()) for row in np.asarray(EIGHT)[::-1])
bmp("os2", b"BM" + struct.pack("<IHHIIHHHH", 26 + len(entries + rows), 0, 0, 26 + len(entries), 12, WIDTH, HEIGHT, 1, 8)
    + entries + rows)  # fmt: skip

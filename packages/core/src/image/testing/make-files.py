"""Makes the files beside it with Pillow 12.3, avifenc 0.11 and webpmux 1.2 (Debian 12)."""

import subprocess
from pathlib import Path

from PIL import Image

FILES = Path(__file__).parent / "files"
WIDTH, HEIGHT = 12, 7


def picture(width=WIDTH, height=HEIGHT):
    """The picture of picture.ts: every pixel differs from every other."""
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            image.putpixel((x, y), (20 * x % 256, 36 * y % 256, (200 + 13 * x - 29 * y) % 256))
    return image


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


picture().save(FILES / "lossless.webp", lossless=True)
picture().save(FILES / "baseline.jpg", quality=90, optimize=True)
picture(40, 24).save(FILES / "progressive.jpg", quality=80, progressive=True)
picture().convert("CMYK").save(FILES / "cmyk.jpg", quality=90, optimize=True)
Image.open(FILES / "cmyk.jpg").convert("RGB").save(FILES / "cmyk.expected.png")


def cmyk(name, subsampling, transform=0):
    """A CMYK JPEG of smooth planes; of transform 2 its planes are taken for Y, Cb, Cr and K."""
    ramps = [Image.linear_gradient("L").rotate(angle).resize((45, 27)) for angle in (0, 90, 180, 270)]
    path = FILES / f"{name}.jpg"
    Image.merge("CMYK", ramps).save(path, quality=90, subsampling=subsampling, optimize=True)
    data = bytearray(path.read_bytes())
    data[data.index(b"Adobe") + 11] = transform
    if name.endswith("440"):
        # The two blocks of a 4:2:2 file, one below the other.
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 7] = (32).to_bytes(2, "big")
        data[frame + 11] = 0x12
    path.write_bytes(data)
    Image.open(path).convert("RGB").save(FILES / f"{name}.expected.png")


cmyk("cmyk-420", "4:2:0")
cmyk("cmyk-422", "4:2:2")
cmyk("cmyk-440", "4:2:2")
cmyk("ycck-420", "4:2:0", transform=2)

transparent = picture(40, 24)
transparent.putalpha(Image.linear_gradient("L").resize((40, 24)))
transparent.save(FILES / "lossy-alpha.webp", quality=70)
Image.open(FILES / "lossy-alpha.webp").convert("RGB").save(FILES / "lossy-alpha.expected.png")
transparent.save(FILES / "lossy-alpha.avif", quality=60, subsampling="4:2:0")
Image.open(FILES / "lossy-alpha.avif").convert("RGB").save(FILES / "lossy-alpha.expected-avif.png")

camera = Image.Exif()
camera[0x010F] = "A"
packet = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
picture().save(FILES / "exif-and-xmp.avif", quality=100, subsampling="4:4:4", exif=camera, xmp=packet)
picture(40, 24).save(FILES / "restarts.jpg", quality=80, restart_marker_blocks=1)
flat = picture(40, 64).convert("L")
flat.paste(255, (0, 8, 40, 64))
flat.save(FILES / "flat.jpg", quality=80, optimize=True)

run("webpmux", "-frame", FILES / "lossless.webp", "+100+4+2", "-frame", FILES / "lossless.webp",
    "+100", "-o", FILES / "animated-offset.webp")  # fmt: skip

picture().save("/tmp/picture.png")
tiles = Image.new("RGB", (128, 64), (200, 30, 40))
tiles.paste((20, 60, 220), (64, 0, 128, 64))
tiles.save("/tmp/tiles.png")
run("avifenc", "--lossless", "--irot", 0, "--imir", 0, "/tmp/picture.png", FILES / "turned.avif")
run("avifenc", "--lossless", "/tmp/picture.png", FILES / "lossless.avif")
run("avifenc", "--lossless", "--grid", "2x1", "/tmp/tiles.png", FILES / "grid.avif")
run("avifenc", "--lossless", "/tmp/picture.png", "/tmp/picture.png", FILES / "sequence.avif")

picture(40, 24).quantize(16).save(FILES / "interlaced.gif", interlace=1)
Image.open(FILES / "interlaced.gif").convert("RGB").save(FILES / "interlaced.expected.png")

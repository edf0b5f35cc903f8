/** Which graph a config asks for. */
import type { ClipConfig } from '../config/clip-config.ts';
import { textTower } from './clip-text.ts';
import { visionTower } from './clip-vision.ts';
import { efficientNetLiteTower } from './efficientnet-lite.ts';
import { resNetTower } from './resnet.ts';
import { siglipTextTower } from './siglip-text.ts';
import { siglipVisionTower } from './siglip-vision.ts';
import type { Tower } from './tower.ts';

/** The image tower, for a batch of B images. */
export function imageTowerOf({ vision, embeddingWidth }: ClipConfig, batch: number): Tower {
  switch (vision.tower) {
    case 'clip':
      return visionTower(vision, embeddingWidth, batch);
    case 'siglip':
      return siglipVisionTower(vision, batch);
    case 'resnet':
      return resNetTower(vision, embeddingWidth, batch);
    case 'efficientnet-lite':
      return efficientNetLiteTower(vision, embeddingWidth, batch);
  }
}

/** The text tower, for B texts of so many tokens together. */
export function textTowerOf(
  { text, embeddingWidth }: ClipConfig,
  shape: { texts: number; tokens: number },
): Tower {
  switch (text.tower) {
    case 'clip':
      return textTower(text, embeddingWidth, shape);
    case 'siglip':
      return siglipTextTower(text, embeddingWidth, shape.texts);
  }
}

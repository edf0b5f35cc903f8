/**
 * EfficientNet-Lite0 by its convolutions, with timm's names.
 *
 * @see https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/efficientnet.py, tf_efficientnet_lite0
 */

export interface Convolution {
  /** Of the weights [outputs, inputs / groups, kernel, kernel]. */
  readonly name: string;
  /** Of the batch norm behind it. */
  readonly norm: string;
  readonly kernel: number;
  readonly stride: number;
  readonly inputs: number;
  readonly outputs: number;
  /** 1, or one for each channel. */
  readonly groups: number;
  /** Of the input, in places. */
  readonly side: number;
  /** Whether ReLU6 follows. */
  readonly isActivated: boolean;
}

/** Convolutions in a row, whose result is added to what they began with or takes its place. */
export interface ConvolutionBlock {
  readonly convolutions: readonly Convolution[];
  readonly isResidual: boolean;
}

/** Of a stage's blocks the first has the stride. */
const STAGES = [
  { kernel: 3, stride: 1, expansion: 1, channels: 16, blocks: 1 },
  { kernel: 3, stride: 2, expansion: 6, channels: 24, blocks: 2 },
  { kernel: 5, stride: 2, expansion: 6, channels: 40, blocks: 2 },
  { kernel: 3, stride: 2, expansion: 6, channels: 80, blocks: 3 },
  { kernel: 5, stride: 1, expansion: 6, channels: 112, blocks: 3 },
  { kernel: 5, stride: 2, expansion: 6, channels: 192, blocks: 4 },
  { kernel: 3, stride: 1, expansion: 6, channels: 320, blocks: 1 },
] as const;
const STEM = { name: 'conv_stem', norm: 'bn1', kernel: 3, stride: 2, inputs: 3, outputs: 32 };
const HEAD = { name: 'conv_head', norm: 'bn2', kernel: 1, stride: 1, inputs: 320, outputs: 1280 };

/** @param imageSize side of the images, in pixels. */
export function efficientNetLite(imageSize: number): readonly ConvolutionBlock[] {
  let side = imageSize;
  const convolution = (given: Omit<Convolution, 'side' | 'groups'> & { groups?: number }) => {
    const made = { groups: 1, ...given, name: `visual.trunk.${given.name}.weight`, side };
    side = Math.ceil(side / given.stride);
    return { ...made, norm: `visual.trunk.${given.norm}` };
  };
  const alone = (given: Omit<Parameters<typeof convolution>[0], 'isActivated'>) => ({
    convolutions: [convolution({ ...given, isActivated: true })],
    isResidual: false,
  });
  const blocks: ConvolutionBlock[] = [alone(STEM)];
  let inputs = STEM.outputs;
  for (const [s, { blocks: count, expansion, kernel, channels, ...stage }] of STAGES.entries()) {
    for (let i = 0; i < count; i++) {
      const block = `blocks.${s}.${i}`;
      const stride = i === 0 ? stage.stride : 1;
      const inner = inputs * expansion;
      const point = { kernel: 1, stride: 1 };
      const expand = { ...point, inputs, outputs: inner, isActivated: true };
      const filter = { kernel, stride, inputs: inner, outputs: inner, groups: inner };
      const project = { ...point, inputs: inner, outputs: channels, isActivated: false };
      const parts =
        expansion === 1
          ? [
              { ...filter, name: 'conv_dw', norm: 'bn1', isActivated: true },
              { ...project, name: 'conv_pw', norm: 'bn2' },
            ]
          : [
              { ...expand, name: 'conv_pw', norm: 'bn1' },
              { ...filter, name: 'conv_dw', norm: 'bn2', isActivated: true },
              { ...project, name: 'conv_pwl', norm: 'bn3' },
            ];
      const convolutions = parts.map((part) =>
        convolution({ ...part, name: `${block}.${part.name}`, norm: `${block}.${part.norm}` }),
      );
      blocks.push({ convolutions, isResidual: stride === 1 && inputs === channels });
      inputs = channels;
    }
  }
  return [...blocks, alone(HEAD)];
}

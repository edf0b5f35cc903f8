import { provideWebGpu } from '#webgpu';
import { ClipError } from '../../errors.ts';
import type { GpuMode } from '../backend.ts';

/** What answers when a GPU is asked for. */
export interface GpuAdapter {
  readonly mode: 'webgpu' | 'webgl2';
  /** As the driver names it. */
  readonly name: string;
  /** Whether it computes on the CPU, as SwiftShader and llvmpipe do. */
  readonly software: boolean;
}

/**
 * Finds the GPU that backend `gpu` would run on.
 *
 * @returns WebGPU's adapter, or WebGL 2's where there is no WebGPU; undefined where there is neither.
 * @example
 * ```ts
 * import { findGpu } from '@clipql/core';
 *
 * const gpu = await findGpu();
 * const isFast = gpu !== undefined && !gpu.software;
 * console.log(isFast ? 'gpu' : 'wasm'); // …
 * ```
 */
export async function findGpu(): Promise<GpuAdapter | undefined> {
  return (await webGpuAdapter()) ?? webGlAdapter();
}

/** @throws ClipError GPU_UNAVAILABLE where no adapter answers. */
export async function bestMode(): Promise<GpuMode> {
  const adapter = await findGpu();
  if (adapter !== undefined) return adapter.mode;
  throw new ClipError(
    'GPU_UNAVAILABLE',
    'expected a GPU for backend gpu, but no adapter answers: it needs WebGPU or WebGL 2, and in ' +
      'Node the optional package webgpu with a driver for Vulkan, Metal or Direct3D 12',
  );
}

/** What is read of a `GPUAdapterInfo`, which a program's types may lack. */
interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
}

/** As WebGPU describes an adapter, in a few words. */
export function adapterName({ vendor, architecture, device, description }: AdapterInfo): string {
  return description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed';
}

async function webGpuAdapter(): Promise<GpuAdapter | undefined> {
  await provideWebGpu();
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (!adapter) return undefined;
  const { info } = adapter;
  const names = [info.vendor, info.architecture, info.device, info.description].join(' ');
  const software = info.isFallbackAdapter || isSoftware(names);
  return { mode: 'webgpu', name: adapterName(info), software };
}

function webGlAdapter(): GpuAdapter | undefined {
  if (typeof OffscreenCanvas === 'undefined') return undefined;
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (context === null) return undefined;
  const name = rendererName(context);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return { mode: 'webgl2', name, software: isSoftware(name) };
}

/** What is read of a `WebGL2RenderingContext`, which a program's types may lack. */
interface RenderingContext {
  readonly RENDERER: number;
  getParameter(name: number): unknown;
  getExtension(
    name: 'WEBGL_debug_renderer_info',
  ): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
}

export function rendererName(context: RenderingContext): string {
  const unmasked = context.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
  return String(context.getParameter(unmasked ?? context.RENDERER));
}

const isSoftware = (name: string): boolean =>
  /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i.test(name);

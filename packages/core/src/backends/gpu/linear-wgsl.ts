/**
 * The formula of linear.ts, four rows by four columns a thread, in registers, with loads of four floats.
 *
 * The sum over k runs in steps of four, each summed before it is added. K and N must be multiples of
 * 4, and x and the residual whole matrices. On SwiftShader, [50, 768] by [768, 768] takes 39 ms, the plain
 * form 349, and a form with 32 × 32 tiles in workgroup memory 130.
 */
import type { Nonlinearity } from '../../graph/forward-operands.ts';
import type { Slot, StepOf } from '../../graph/step.ts';
import { ERF, GATES } from './gelu.ts';
import type { WgslBody } from './wgsl-kernel.ts';

/** Threads of a workgroup, 8 × 8. */
const THREADS = 8;
/** Rows and columns of a thread. */
const SIDE = 4;
const LANES = [0, 1, 2, 3] as const;

/** @returns undefined for shapes that it cannot take. */
export function linearWgsl(step: StepOf<'linear'>): WgslBody | undefined {
  const { x, bias, activation, residual, out } = step;
  const isWhole = ({ columns, pitch }: Slot) => columns === pitch && columns % SIDE === 0;
  if (!isWhole(x) || !isWhole(out) || (residual !== undefined && !isWhole(residual)))
    return undefined;
  const inputs = ['x', 'w', ...(bias ? ['bias'] : []), ...(residual ? ['residual'] : [])];
  const bindings = inputs.map(
    (name, i) => `@group(0) @binding(${i + 1}) var<storage, read> ${name} : array<vec4f>;`,
  );
  const [depth, columns] = [x.columns / SIDE, out.columns / SIDE];
  const lines = (line: (i: number) => string) => LANES.map(line).join('\n');
  const code = `
struct Params { columns : u32, rows : u32 }
@group(0) @binding(0) var<uniform> params : Params;
${bindings.join('\n')}
@group(0) @binding(${inputs.length + 1}) var<storage, read_write> result : array<vec4f>;

fn finish(sum : vec4f, at : u32) -> vec4f {
  let y = sum${bias ? ` + bias[at % ${columns}u]` : ''};
  ${activation ? ACTIVATIONS[activation] : 'let activated = y;'}
  return activated${residual ? ' + residual[at]' : ''};
}

@compute @workgroup_size(${THREADS}, ${THREADS})
fn main(@builtin(global_invocation_id) id : vec3u) {
  let column = id.x;
  let row = id.y * ${SIDE}u;
  if (column >= ${columns}u || row >= params.rows) { return; }
  ${lines((i) => `var sum${i} = vec4f(); let x${i} = min(row + ${i}u, params.rows - 1u) * ${depth}u;`)}
  for (var k = 0u; k < ${depth}u; k++) {
    ${lines((i) => `let w${i} = w[(k * 4u + ${i}u) * ${columns}u + column];`)}
    ${lines((i) => `let v${i} = x[x${i} + k];`)}
    ${lines((i) => `sum${i} += v${i}.x * w0 + v${i}.y * w1 + v${i}.z * w2 + v${i}.w * w3;`)}
  }
  let first = row * ${columns}u + column;
  ${lines((i) => {
    const at = `first + ${i * columns}u`;
    return `if (row + ${i}u < params.rows) { result[${at}] = finish(sum${i}, ${at}); }`;
  })}
}`;
  return { code, tile: [THREADS * SIDE, THREADS * SIDE] };
}

function gated(exponent: string): string {
  return `let activated = y / (1.0 + exp(min(${exponent}, vec4f(80.5))));`;
}

/** What gelu.ts and relu.ts say, on vectors of four. */
const ACTIVATIONS: Readonly<Record<Nonlinearity, string>> = {
  quick_gelu: gated(GATES.quick_gelu),
  gelu: `let a = clamp(y * 0.7071067811865476, vec4f(-4.0), vec4f(4.0));
  let s = a * a;
  let activated = 0.5 * y * (1.0 + a * (${ERF.numerator}) / (${ERF.denominator}));`,
  gelu_tanh: gated(GATES.gelu_tanh),
  relu: 'let activated = max(y, vec4f());',
  relu6: 'let activated = clamp(y, vec4f(), vec4f(6.0));',
};

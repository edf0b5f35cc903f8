/** A word of a step of a program, counted from its opcode. */
// @ts-ignore: decorator
@inline
export function word(step: usize, index: usize): i32 {
  return load<i32>(step + (index << 2));
}

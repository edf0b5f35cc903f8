import { aligned, type LinearMemory } from './linear-memory.ts';

/** The room that one job after another works in: as large as the largest yet. */
export class Workspace {
  readonly #memory: LinearMemory;
  #address = 0;
  #bytes = 0;

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  /** Where it ends. */
  get end(): number {
    return this.#address + this.#bytes;
  }

  /**
   * Parts with room for these bytes each, side by side. What was in them is lost.
   *
   * @returns their addresses, multiples of 64. Throws as {@link LinearMemory.allocate} does.
   */
  reserve<Part extends string>(sizes: Readonly<Record<Part, number>>): Record<Part, number> {
    const parts = Object.entries(sizes) as [Part, number][];
    const bytes = parts.reduce((sum, [, size]) => sum + aligned(size), 0);
    if (bytes > this.#bytes) {
      this.#address = this.#memory.enlarge(this.#address, this.#bytes, bytes);
      this.#bytes = bytes;
    }
    let end = this.#address;
    const addresses = {} as Record<Part, number>;
    for (const [part, size] of parts) {
      addresses[part] = end;
      end += aligned(size);
    }
    return addresses;
  }
}

/** What the address says after `#`: a view and its state. It never reaches a server or its log. */
interface Address {
  readonly view: string;
  readonly parameters: URLSearchParams;
}

/** `#/classify?label=cat` */
export function parseAddress(hash: string): Address {
  const [, view = '', query = ''] = /^#\/?([^?]*)\??(.*)$/s.exec(hash) ?? [];
  return { view, parameters: new URLSearchParams(query) };
}

export function formatAddress({ view, parameters }: Address): string {
  const query = parameters.toString();
  return `#/${view}${query === '' ? '' : `?${query}`}`;
}

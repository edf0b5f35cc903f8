/** What is typed as a name, with what it may not have replaced where that is plain: `My pets` → `my-pets`. */
export const nameOf = (typed: string): string => typed.toLowerCase().replaceAll(/\s/g, '-');

/** Waits until a condition holds. @returns milliseconds it took */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  options: { readonly timeoutMs?: number; readonly pollMs?: number } = {},
): Promise<number> {
  const { timeoutMs = 20_000, pollMs = 25 } = options;
  const began = performance.now();
  while (!(await condition())) {
    if (performance.now() - began > timeoutMs) throw new Error(`waited ${timeoutMs / 1000} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return performance.now() - began;
}

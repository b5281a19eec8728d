/** What came of a load. */
export interface Load {
  /** Milliseconds that each took. */
  readonly times: readonly number[];
  /** How many ended in a second. */
  readonly perSecond: number;
}

/** Does one thing. @returns milliseconds it took */
export type Task = () => Promise<number>;

/** Does things, some at a time, each next one as soon as one has ended, until time is over or there are no more. */
export async function closedLoad(tasks: readonly Task[], atATime: number, ms: number): Promise<Load> {
  const left = tasks.values();
  const times: number[] = [];
  const began = performance.now();
  const worker = async () => {
    for (const task of left) {
      times.push(await task());
      if (performance.now() - began >= ms) return;
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return { times, perSecond: (times.length * 1_000) / (performance.now() - began) };
}

/** Begins things at a steady pace, whether or not the ones before have ended. */
export async function pacedLoad(tasks: readonly Task[], perSecond: number): Promise<Load> {
  const began = performance.now();
  const running: Promise<number>[] = [];
  for (const [index, task] of tasks.entries()) {
    const wait = began + (index * 1_000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    running.push(task());
  }
  const times = await Promise.all(running);
  return { times, perSecond: (times.length * 1_000) / (performance.now() - began) };
}

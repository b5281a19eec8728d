import { type Address, bystanderReady } from "../../services/isolation-probe/contract";
import { type ProbeRun, runProbe } from "./probes";

/** Name of the bystander, in the report, too. */
export const bystanderName = "bystander";

/**
 * Has a pod listen in the tenants' namespace while something is done. No policy but the namespace's default is about it, as about most of what
 * tenants run there, so nobody should reach it.
 * @param use is given where it listens
 * @throws Error if it does not come to listen, or the reason of the aborted signal
 */
export async function withBystander<T>(
  run: Omit<ProbeRun, "onEnd">,
  { namespace, runId }: { readonly namespace: string; readonly runId: string },
  use: (address: Address) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const signal = run.signal ? AbortSignal.any([run.signal, stop.signal]) : stop.signal;
  const probe = {
    name: `prove-${bystanderName}`,
    namespace,
    labels: {},
    client: false,
    openEgress: false,
    credsSecrets: {},
    settings: { runId, bystander: true } as const,
  };
  let listens = (_address: Address) => {};
  const listening = new Promise<Address>((resolve) => {
    listens = resolve;
  });
  const ended = runProbe(probe, {
    ...run,
    signal,
    onAnswer: ({ id, detail }) => {
      const [host = "", port] = detail.split(":");
      if (id === bystanderReady) listens({ host, port: Number(port) });
    },
  });
  try {
    const failed = ended.then(({ failure }): never => {
      run.signal?.throwIfAborted();
      throw new Error(`no pod can be run in namespace ${namespace}: ${failure}`);
    });
    failed.catch(() => {}); // of no interest once it listens
    return await use(await Promise.race([listening, failed]));
  } finally {
    stop.abort(new Error("the proof has ended"));
    await ended;
  }
}

import { readFileSync } from "node:fs";
import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { credsAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { moveStreamLeader } from "./leaders";
import { percentile } from "./statistics";
const s = JSON.parse(process.env.BENCH_SETTINGS ?? "");
async function side(name: string, addr: string, creds?: string) {
  const nc = await connect({ servers: addr, ignoreClusterUpdates: true, ...(creds ? { authenticator: credsAuthenticator(readFileSync(creds)) } : {}) });
  const kv = await new Kvm(nc).create("BENCHP", { replicas: 3, max_bytes: 1 << 26 });
  await moveStreamLeader(nc, "KV_BENCHP");
  for (let i = 0; i < 100; i++) await kv.put(`k${i}`, new Uint8Array(256));
  const lat = async (w: () => Promise<unknown>, n = 600) => { const l: number[] = []; for (let i = 0; i < n; i++) { const t = performance.now(); await w(); l.push(performance.now() - t); } return `p10 ${percentile(l,10).toFixed(2)} p50 ${percentile(l, 50).toFixed(2)} p90 ${percentile(l,90).toFixed(2)} p99 ${percentile(l, 99).toFixed(2)}`; };
  let i = 0;
  return {
    nc, async run(r: number) {
      let k = 0;
      console.log(r, name, "put1000", await lat(() => kv.put(`key.${k++ % 1000}`, new Uint8Array(256)), 1000));
      console.log(r, name, "get    ", await lat(() => kv.get(`key.${k++ % 1000}`), 1000));
      console.log(r, name, "get    ", await lat(() => kv.get(`key.${k++ % 1000}`), 1000));
      console.log(r, name, "flush  ", await lat(() => nc.flush(), 1000));
    }, async end() { await (await jetstreamManager(nc)).streams.delete("KV_BENCHP"); await nc.close(); },
  };
}
(async () => {
  const a = await side("platform", s.servers.platform[0], "/creds/platform/nats.creds");
  const b = await side("chart", s.servers.chart[0]);
  for (let r = 0; r < 3; r++) { await a.run(r); await b.run(r); }
  await a.end(); await b.end(); process.exit(0);
})().catch((e) => { console.log(e.stack); process.exit(1); });

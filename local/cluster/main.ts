import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { clusterName, clusterPaths } from "../state";
import { lastLines } from "./command";
import { cutNode, down, formatStatus, healNode, killNode, startNode, status, up } from "./index";

const usage = `Usage: main.ts <command> [--name <cluster>]
  up               bring the cluster up, or repair it
  down             take it down and delete its data
  status [--json]  what runs and what works; exit code 1 unless all does
  kill-node <n>    power loss of node n (1 to 3)
  start-node <n>   switch it on again
  cut-node <n>     pull its network cable
  heal-node <n>    plug it in again
  logs [<agent>]   last lines of each log, or of those of one agent (kubelet, etcd, ...)`;

const logLines = 100;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { name: { type: "string" }, json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const name = values.name ?? clusterName();
  const [command, argument] = positionals;
  switch (command) {
    case "up": {
      const started = Date.now();
      const state = await up(name);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.error(`cluster ${name}: up after ${seconds} s, KUBECONFIG=${state.kubeconfig}`);
      return;
    }
    case "down":
      return down(name);
    case "status": {
      const state = await status(name);
      console.log(values.json ? JSON.stringify(state, undefined, 2) : formatStatus(state));
      process.exitCode = state.state === "up" ? 0 : 1;
      return;
    }
    case "kill-node":
      return killNode(name, number(argument));
    case "start-node":
      return startNode(name, number(argument));
    case "cut-node":
      return cutNode(name, number(argument));
    case "heal-node":
      return healNode(name, number(argument));
    case "logs":
      return printLogs(clusterPaths(name).logs, argument);
    default:
      throw new Error(`${command === undefined ? "no command" : `unknown command "${command}"`}\n${usage}`);
  }
}

function printLogs(folder: string, agent?: string): void {
  const logs = (fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true, encoding: "utf8" }) : [])
    .filter((file) => file.endsWith(".log") && (agent === undefined || path.basename(file, ".log") === agent))
    .sort();
  if (logs.length === 0) throw new Error(`no log${agent ? ` of "${agent}"` : ""} in ${folder}`);
  for (const log of logs) {
    console.log(`==> ${log} <==\n${lastLines(fs.readFileSync(path.join(folder, log), "utf8"), logLines)}\n`);
  }
}

function number(argument?: string): number {
  if (argument !== undefined && /^\d+$/.test(argument)) return Number(argument);
  throw new Error(`${argument === undefined ? "no node" : `node "${argument}"`}: give its number, 1 to 3`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

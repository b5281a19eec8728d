/**
 * Makes the volumes that claims of the default StorageClass wait for, and deletes those whose claim is gone. It runs beside
 * the control plane, on the host's files, so a volume is a folder below the node's own.
 * Environment: KUBECONFIG, VOLUME_FOLDERS (JSON: name of a node to its folder of volumes).
 */
import * as fs from "node:fs";
import {
  ApiException,
  CoreV1Api,
  type Informer,
  KubeConfig,
  type KubernetesObject,
  makeInformer,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
} from "@kubernetes/client-node";
import { reclaimableFolder, type VolumeFolders, volumeFor } from "./volumes";

const retryMs = 1000;

function main(): void {
  const folders = JSON.parse(process.env.VOLUME_FOLDERS ?? "{}") as VolumeFolders;
  const config = new KubeConfig();
  config.loadFromDefault();
  const api = config.makeApiClient(CoreV1Api);

  const claims = makeInformer<V1PersistentVolumeClaim>(config, "/api/v1/persistentvolumeclaims", () =>
    api.listPersistentVolumeClaimForAllNamespaces(),
  );
  follow(claims, async (claim) => {
    const volume = volumeFor(claim, folders);
    if (volume?.spec?.local) await provision(api, volume, volume.spec.local.path);
  });

  const volumes = makeInformer<V1PersistentVolume>(config, "/api/v1/persistentvolumes", () =>
    api.listPersistentVolume(),
  );
  follow(volumes, async (volume) => {
    const folder = reclaimableFolder(volume, folders);
    if (folder !== undefined) await reclaim(api, volume.metadata?.name ?? "", folder);
  });
}

async function provision(api: CoreV1Api, volume: V1PersistentVolume, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  fs.chmodSync(folder, 0o777); // for pods without an fsGroup; the folders above are root's alone
  const made = await unlessStatus(409, api.createPersistentVolume({ body: volume }));
  if (made) log(`made volume ${volume.metadata?.name} for claim ${claimOf(volume)}`);
}

async function reclaim(api: CoreV1Api, name: string, folder: string): Promise<void> {
  await fs.promises.rm(folder, { recursive: true, force: true });
  const deleted = await unlessStatus(404, api.deletePersistentVolume({ name }));
  if (deleted) log(`deleted volume ${name}`);
}

/** Handles every object now and at each change, one at a time each, again and again until it succeeds. */
function follow<T extends KubernetesObject>(informer: Informer<T>, handle: (object: T) => Promise<void>): void {
  const latest = new Map<string, T>();
  const busy = new Set<string>();
  const work = async (key: string): Promise<void> => {
    if (busy.has(key)) return;
    busy.add(key);
    for (let object = latest.get(key); object !== undefined; object = latest.get(key)) {
      try {
        await handle(object);
        if (latest.get(key) === object) latest.delete(key);
      } catch (error) {
        log(`${key}: ${error instanceof Error ? error.message : String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    busy.delete(key);
  };
  const changed = (object: T): void => {
    const key = object.metadata?.uid ?? "";
    latest.set(key, object);
    void work(key);
  };
  const start = (): void => void informer.start().catch(restart);
  const restart = (error: unknown): void => {
    log(`watch ended: ${error instanceof Error ? error.message : String(error)}`);
    setTimeout(start, retryMs);
  };
  informer.on("add", changed);
  informer.on("update", changed);
  informer.on("delete", (object) => void latest.delete(object.metadata?.uid ?? ""));
  informer.on("error", restart);
  start();
}

/** Whether a request succeeded; false if it failed with the one status that means there was nothing left to do. */
async function unlessStatus(status: number, request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === status) return false;
    throw error;
  }
}

function claimOf(volume: V1PersistentVolume): string {
  return `${volume.spec?.claimRef?.namespace}/${volume.spec?.claimRef?.name}`;
}

function log(message: string): void {
  console.log(`${new Date().toISOString()} ${message}`);
}

main();

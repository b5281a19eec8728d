import { CoreV1Api, type KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { tombstonesSecretName } from "../../../components/account-sync/names";
import { answer, codeOf } from "../../kubernetes/api";
import type { Tombstone } from "../desired";

/** Most tombstones kept; a Secret holds 1 MiB, and one takes about 700 bytes. */
export const mostTombstones = 1_000;

const mergePatch = () => setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** The tombstones of deleted accounts, in one Secret: account id to JSON. */
export class TombstoneStore {
  private readonly api: CoreV1Api;

  constructor(
    config: KubeConfig,
    private readonly namespace: string,
  ) {
    this.api = config.makeApiClient(CoreV1Api);
  }

  /** @throws Error saying what is wrong and what to do if the Secret is not there */
  async read(): Promise<Map<string, Tombstone>> {
    try {
      const { data } = await answer(
        this.api.readNamespacedSecret({ name: tombstonesSecretName, namespace: this.namespace }),
      );
      return readTombstones(data ?? {});
    } catch (error) {
      if (codeOf(error) !== 404) throw error;
      throw new Error(
        `Secret ${tombstonesSecretName} in namespace ${this.namespace} is missing: run \`up\` on the environment's stack`,
        { cause: error },
      );
    }
  }

  /** Adds tombstones and takes others away. */
  async change(added: ReadonlyMap<string, Tombstone>, dropped: readonly string[]): Promise<void> {
    const encoded = [...added].map(([id, tombstone]) => [id, encode(tombstone)] as const);
    const data = Object.fromEntries([...encoded, ...dropped.map((id) => [id, null] as const)]);
    const request = { name: tombstonesSecretName, namespace: this.namespace, body: { data } };
    await answer(this.api.patchNamespacedSecret(request, mergePatch()));
  }
}

/** Tombstones as a Secret's `data` holds them; an entry that cannot be read is left out. */
export function readTombstones(data: Readonly<Record<string, string>>): Map<string, Tombstone> {
  const entries = Object.entries(data).flatMap(([id, base64]): [string, Tombstone][] => {
    try {
      const value = JSON.parse(Buffer.from(base64, "base64").toString("utf8")) as Partial<Tombstone>;
      const { account, deleteJwt, deletedAt } = value;
      return account && deleteJwt && deletedAt ? [[id, { account, deleteJwt, deletedAt }]] : [];
    } catch {
      return [];
    }
  });
  return new Map(entries);
}

/** Ids of the oldest tombstones that have to go before more are added than there is room for. */
export function tooMany(tombstones: ReadonlyMap<string, Tombstone>, added: number): string[] {
  const oldestFirst = [...tombstones].sort(([, a], [, b]) => (a.deletedAt < b.deletedAt ? -1 : 1));
  return oldestFirst.slice(0, Math.max(tombstones.size + added - mostTombstones, 0)).map(([id]) => id);
}

function encode(tombstone: Tombstone): string {
  return Buffer.from(JSON.stringify(tombstone)).toString("base64");
}

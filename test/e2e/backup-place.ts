import { join } from "node:path";
import type { NatsConnection } from "@nats-io/nats-core";
import { type BackupOptions, backup } from "../../commands/ctl/backup/backup";
import { FolderStore } from "../../commands/ctl/backup/folder-store";
import type { WorkReport } from "../../commands/ctl/backup/report";
import { type RestoreOptions, restore } from "../../commands/ctl/backup/restore";
import { clear } from "./backup-data";
import { BackupServers } from "./backup-servers";

/** Accounts to back up and to restore into, on one server, and a place in between that is new for each test. */
export class BackupPlace {
  servers!: BackupServers;
  source!: NatsConnection;
  target!: NatsConnection;
  store!: FolderStore;

  /** Path of a file of the place. */
  file(name: string): string {
    return join(this.store.name, name);
  }

  save(more: Partial<BackupOptions> = {}): Promise<WorkReport> {
    return backup(this.source, this.store, { account: "source", ...more });
  }

  bringBack(more: Partial<RestoreOptions> = {}): Promise<WorkReport> {
    return restore(this.target, this.store, { account: "target", ...more });
  }
}

/** For a `describe`: starts the server before its tests, clears both accounts after each of them. */
export function backupPlace(): BackupPlace {
  const place = new BackupPlace();
  let next = 0;

  before(async () => {
    place.servers = await BackupServers.start(1);
    place.source = await place.servers.connect("source");
    place.target = await place.servers.connect("target");
  });

  beforeEach(() => {
    place.store = new FolderStore(place.servers.folder(`backup-${++next}`));
  });

  afterEach(() => clear(place.source, place.target));

  after(() => place.servers.stop());

  return place;
}

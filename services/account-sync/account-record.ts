import type { V1Secret } from "@kubernetes/client-node";
import { accountJwtKey, deleteJwtKey } from "../../components/account-sync/names";
import { accountFinalizer, accountIdAnnotation, accountLabel, tenantLabel } from "../../components/labels";
import { messageOf } from "../log";
import { type AccountJwt, readAccountJwt, readDeleteJwt, type Trust } from "./trust";

/** An account's Secret, read and judged. */
export interface AccountRecord {
  /** Name of the account: the Secret's label. */
  readonly account: string;
  readonly secret: string;
  readonly uid: string;
  /** Public key by the annotation; undefined if there is none. */
  readonly id?: string;
  /** Tenant it belongs to; undefined for an account of the platform. */
  readonly tenant?: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Somebody has deleted the Secret; our finalizer holds it. */
  readonly deleting: boolean;
  /** Index of our finalizer; -1 if it is not there. */
  readonly finalizer: number;
  /** The account as servers are to hold it; undefined if {@link problem} says why not. */
  readonly jwt?: AccountJwt;
  /** Order to delete it, read while the Secret is being deleted; undefined if {@link deleteProblem} says why it is no good. */
  readonly deleteJwt?: string;
  /** Why the Secret's account is not pushed. Servers keep what they hold. */
  readonly problem?: string;
  /** Why the account cannot be deleted on servers. */
  readonly deleteProblem?: string;
}

/**
 * Reads an account's Secret. A mistake in it is no error: it is in the record, and nothing of the account is pushed until it is mended.
 * Expiry is left to whoever uses the record, because time passes.
 */
export function readAccountRecord(secret: V1Secret, trust: Trust): AccountRecord {
  const { metadata = {}, data = {} } = secret;
  const account = metadata.labels?.[accountLabel] ?? "";
  const id = metadata.annotations?.[accountIdAnnotation];
  const tenant = metadata.labels?.[tenantLabel];
  const name = metadata.name ?? "";
  const deleting = metadata.deletionTimestamp !== undefined;
  return {
    account,
    secret: name,
    uid: metadata.uid ?? name,
    ...(id ? { id } : {}),
    ...(tenant ? { tenant } : {}),
    // A list gives a Date, a watch the text.
    createdAt: metadata.creationTimestamp ? new Date(metadata.creationTimestamp).getTime() : 0,
    deleting,
    finalizer: metadata.finalizers?.indexOf(accountFinalizer) ?? -1,
    ...readJwt(decode(data[accountJwtKey]), { account, id, tenant }, trust),
    ...(deleting ? readOrder(decode(data[deleteJwtKey]), id, trust) : {}),
  };
}

function readJwt(
  text: string | undefined,
  { account, id, tenant }: { account: string; id?: string; tenant?: string },
  trust: Trust,
): Pick<AccountRecord, "jwt" | "problem"> {
  if (text === undefined) return { problem: `key ${accountJwtKey} is missing` };
  if (id === undefined) return { problem: `annotation ${accountIdAnnotation} is missing` };
  try {
    const jwt = readAccountJwt(text, trust);
    if (jwt.id !== id) {
      return {
        problem: `key ${accountJwtKey} holds the JWT of account ${jwt.id}, annotation ${accountIdAnnotation} says ${id}`,
      };
    }
    // A system account made elsewhere may be called anything; a tenant's is of our making.
    if (tenant !== undefined && jwt.name !== account) {
      return {
        problem: `key ${accountJwtKey} holds the JWT of an account called "${jwt.name}", label ${accountLabel} says "${account}"`,
      };
    }
    return { jwt };
  } catch (error) {
    const remedy = tenant === undefined ? "" : `; make tenant-up TENANT=${tenant} puts it right`;
    return { problem: `key ${accountJwtKey}: ${messageOf(error)}${remedy}` };
  }
}

function readOrder(
  text: string | undefined,
  id: string | undefined,
  trust: Trust,
): Pick<AccountRecord, "deleteJwt" | "deleteProblem"> {
  if (text === undefined) return { deleteProblem: `key ${deleteJwtKey} is missing` };
  if (id === undefined) return { deleteProblem: `annotation ${accountIdAnnotation} is missing` };
  try {
    return { deleteJwt: readDeleteJwt(text, id, trust) };
  } catch (error) {
    return { deleteProblem: `key ${deleteJwtKey}: ${messageOf(error)}` };
  }
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");
}

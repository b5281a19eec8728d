import type { ServerResponse } from "node:http";
import { json } from "../http";
import type { AccountStatus } from "./status";

/** What account-sync tells of accounts. */
export interface AccountsTold {
  /** Undefined if there is no such account. */
  account(name: string): AccountStatus | undefined;
  accountStatuses(): readonly AccountStatus[];
}

/** Paths `/accounts` and `/accounts/<name of an account>`. */
export function accountPaths(told: AccountsTold) {
  const answer = (path: string, response: ServerResponse): boolean => {
    if (path === "/accounts") {
      json(response, 200, told.accountStatuses());
      return true;
    }
    const name = /^\/accounts\/([^/]+)$/.exec(path)?.[1];
    if (name === undefined) return false;
    const status = told.account(decodeURIComponent(name));
    if (status) json(response, 200, status);
    else json(response, 404, { error: `there is no Secret of account ${name}` });
    return true;
  };
  return { names: ["/accounts", "/accounts/<name>"], answer };
}

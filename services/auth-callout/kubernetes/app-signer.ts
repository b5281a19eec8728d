import type { V1Secret } from "@kubernetes/client-node";
import { type AppPolicy, appSignerKeys } from "../../../components/auth-callout/names";
import { publicKeyProblem, type Signer, signerFromSeed } from "../../../components/identity/nkey";

/** What a tenant's stack gives the callout: by what users of the tenant's apps are signed, and what they may be given. */
export interface AppSigner extends AppPolicy {
  /** Public key of the account, A... */
  readonly accountId: string;
  readonly signer: Signer;
}

/**
 * Reads a tenant's Secret.
 * @throws Error that names the key that is wrong; nothing of the Secret is in the message
 */
export function readAppSigner({ data = {} }: V1Secret): AppSigner {
  const read = <T>(key: string, parse: (text: string) => T): T => {
    const encoded = data[key];
    if (encoded === undefined) throw new Error(`key ${key} is missing`);
    try {
      return parse(Buffer.from(encoded, "base64").toString("utf8").trim());
    } catch {
      throw new Error(`key ${key} is not what the tenant's stack writes`);
    }
  };
  return {
    accountId: read(appSignerKeys.account, (id) => {
      if (publicKeyProblem("", "account", id)) throw new Error();
      return id;
    }),
    signer: read(appSignerKeys.seed, (seed) => signerFromSeed(seed, "account")),
    ...read(appSignerKeys.policy, readPolicy),
  };
}

function readPolicy(text: string): AppPolicy {
  const { suspended, publish, subscribe } = JSON.parse(text) as Partial<AppPolicy>;
  if (typeof suspended !== "boolean" || !isTexts(publish) || !isTexts(subscribe)) throw new Error();
  return { suspended, publish, subscribe };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

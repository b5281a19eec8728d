/** Rotation epochs of an environment's keys that its tenants are built on. */
export interface EnvironmentEpochs {
  /** Of the operator's signing keys, which sign the tenants' accounts. */
  readonly operator: number;
  /** Of the system account's signing keys, which sign who looks after the tenants' instances. */
  readonly accounts: number;
}

const annotations = {
  operator: "nats-platform/operator-epoch",
  accounts: "nats-platform/accounts-epoch",
} as const;

/** On a tenant's account Secret and the Deployments of its instances: what they were made with. */
export function epochAnnotations({ operator, accounts }: EnvironmentEpochs): Readonly<Record<string, string>> {
  return { [annotations.operator]: String(operator), [annotations.accounts]: String(accounts) };
}

/** Keys of the epochs before and after are trusted as well (identity/key-pair.ts, signingKeyWindow). */
const trustedSteps = 1;

/**
 * What an object with these annotations would no longer be trusted for, if the environment had these epochs.
 * @returns names of epochs, with the object's own (undefined for an object that does not say); empty if it would go on working
 */
export function outlived(
  annotated: Readonly<Record<string, string>>,
  epochs: EnvironmentEpochs,
): { readonly epoch: keyof EnvironmentEpochs; readonly own: number | undefined }[] {
  return (["operator", "accounts"] as const).flatMap((epoch) => {
    const text = annotated[annotations[epoch]];
    const own = text === undefined ? undefined : Number(text);
    return own !== undefined && Math.abs(epochs[epoch] - own) <= trustedSteps ? [] : [{ epoch, own }];
  });
}

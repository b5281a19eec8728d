import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Documented } from "./kernel/policy";
import { calloutAudience } from "./tokens/callout-audience";
import { noTokenSecrets } from "./tokens/no-token-secrets";
import { tokenAudience } from "./tokens/token-audience";
import { tokenAutomount } from "./tokens/token-automount";
import { tokenEgress } from "./tokens/token-egress";
import { tokenLifetime } from "./tokens/token-lifetime";
import { tokenWiring } from "./tokens/token-wiring";

/** A policy of the pack. */
export type PackPolicy = Documented<ResourceValidationPolicy> | Documented<StackValidationPolicy>;

/** The policies by what they are about, in the order in which the documents have them. */
export const groups: Readonly<Record<string, readonly PackPolicy[]>> = {
  Tokens: [tokenAudience, tokenLifetime, tokenWiring, tokenEgress, tokenAutomount, noTokenSecrets, calloutAudience],
};

/** All policies of the pack. */
export const policies: readonly PackPolicy[] = Object.values(groups).flat();

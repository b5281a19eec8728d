/** What the servers must know of identity, beyond what the chart's values say. */
export interface AuthConfig {
  readonly operatorJwt: string;
  /** Public key of the system account. */
  readonly systemAccountId: string;
  /** User JWT that a connection with only a token is first taken for; it hands the token to the auth callout. @default such a login is refused */
  readonly sentinelJwt?: string;
  /** Account JWTs by account public key, known to every server from its first start. */
  readonly preload: Readonly<Record<string, string>>;
}

/**
 * The part of nats.conf that carries identity, kept in a Secret and included by the chart's configuration.
 * Accounts are sorted, so that equal identities give equal text.
 * @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/jwt/resolver
 */
export function authConfig(config: AuthConfig): string {
  const preload = Object.entries(config.preload)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, jwt]) => `  ${id}: ${jwt}\n`)
    .join("");
  return [
    `operator: ${config.operatorJwt}`,
    `system_account: ${config.systemAccountId}`,
    ...(config.sentinelJwt ? [`default_sentinel: ${config.sentinelJwt}`] : []),
    `resolver_preload: {\n${preload}}`,
    "",
  ].join("\n");
}

/** Text of a token with these claims. Nobody's signature: what reads it decodes only. */
export function tokenOf(claims: object): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** Text of a ServiceAccount's token. Two with another `jti` differ. */
export function serviceAccountToken(namespace: string, name: string, jti = "1"): string {
  return tokenOf({
    iss: "https://kubernetes.default.svc.cluster.local",
    aud: ["nats"],
    jti,
    "kubernetes.io": { namespace, serviceaccount: { name, uid: "5f0c" }, pod: { name: "orders-1", uid: "77ab" } },
  });
}

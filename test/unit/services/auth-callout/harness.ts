import { type AuthorizationResponse, type ClaimsData, decode } from "@nats-io/jwt";
import { createCurve } from "@nats-io/nkeys";
import { signerFromSeed } from "../../../../components/identity/nkey";
import type { Admission } from "../../../../services/auth-callout/decide";
import { Handler, type HandlerParts } from "../../../../services/auth-callout/handler";
import { FailureLimiter } from "../../../../services/auth-callout/limiter";
import { CurveKeys } from "../../../../services/xkey";
import { testKey } from "../../components/identity/keys";
import { RecordedLog } from "./logs";
import { requestClaims, requestJwt, ServerCurve } from "./requests";

/** A user that is let in. */
export const admitted: Admission = {
  tenant: "acme",
  name: "shop/web/web-1",
  accountId: testKey("account", "acme").publicKey,
  signer: signerFromSeed(testKey("account", "acme app").seed),
  publish: ["shop.>"],
  subscribe: ["shop.>"],
  expiresAt: 2_000_000_000,
};

/** A handler with a server that asks it. */
export class HandlerHarness {
  readonly log = new RecordedLog();
  /** `result reason` of every login, in order; `unreadable` for a request that was not answered. */
  readonly counted: string[] = [];
  /** Requests whose latency was taken. */
  timed = 0;
  /** Tokens that it had forgotten. */
  readonly forgotten: string[] = [];
  /** Every token that a client gave. */
  readonly tokens: string[] = [];
  readonly server = new ServerCurve();
  private readonly curve = createCurve();
  readonly publicKey = this.curve.getPublicKey();
  readonly handler: Handler;

  constructor(decide: (token: string | undefined) => Promise<Admission>, knows = (_token: string) => false) {
    const metrics = {
      logins: {
        inc: ({ result, reason }: { result: string; reason: string }) =>
          this.counted.push(`${result} ${reason}`.trim()),
      },
      unreadable: { inc: () => this.counted.push("unreadable") },
      latency: {
        startTimer: () => () => {
          this.timed += 1;
        },
      },
    };
    this.handler = new Handler({
      keys: new CurveKeys([Buffer.from(this.curve.getSeed()).toString()]),
      answerer: {
        signer: signerFromSeed(testKey("account", "AUTH signing").seed),
        accountId: testKey("account", "AUTH").publicKey,
      },
      decide,
      knows: (token) => knows(token) && !this.forgotten.includes(token),
      forget: (token) => this.forgotten.push(token),
      limiter: new FailureLimiter(),
      metrics: metrics as unknown as HandlerParts["metrics"],
      log: this.log,
    });
  }

  /** Asks as a server does. @returns the answer's claims, verified by the library of NATS; undefined without an answer */
  async ask(token: string | undefined, changes: Record<string, unknown> = {}) {
    if (token !== undefined) this.tokens.push(token);
    return this.send(requestJwt(requestClaims(token, changes)));
  }

  async send(request: Uint8Array | string): Promise<ClaimsData<AuthorizationResponse> | undefined> {
    const { server, publicKey } = this;
    const answer = await this.handler.handle(server.seal(request, publicKey), server.publicKey);
    return answer && decode<AuthorizationResponse>(server.open(answer, publicKey));
  }
}

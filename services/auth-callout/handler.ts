import { type Log, messageOf } from "../log";
import type { CurveKeys } from "../xkey";
import type { Admission } from "./decide";
import { type DenialReason, Denied } from "./denied";
import type { FailureLimiter } from "./limiter";
import type { Metrics } from "./metrics";
import { type Answerer, admission, refusal } from "./nats/answer";
import { type LoginRequest, readRequest } from "./nats/request";

/** What login requests are handled with. */
export interface HandlerParts {
  readonly keys: CurveKeys;
  readonly answerer: Answerer;
  /** @throws {Denied} */
  readonly decide: (token: string | undefined) => Promise<Admission>;
  /** Whether a token was good at its last login. */
  readonly knows: (token: string) => boolean;
  /** Has {@link knows} say no. */
  readonly forget: (token: string) => void;
  readonly limiter: FailureLimiter;
  readonly metrics: Pick<Metrics, "logins" | "unreadable" | "latency">;
  readonly log: Log;
}

/** Reasons that say nothing about the client. */
const ownFaults: ReadonlySet<DenialReason> = new Set(["unavailable", "internal"]);

/** Handles login requests: reads one, has it decided, answers it. Refuses by default, and never throws. */
export class Handler {
  constructor(private readonly parts: HandlerParts) {}

  /**
   * @param data body of the request
   * @param serverKey public curve key, X..., of the server; undefined if the request is not encrypted
   * @returns the encrypted answer; undefined if there is none to give, because the request is not one of a server
   */
  async handle(data: Uint8Array, serverKey: string | undefined): Promise<Uint8Array | undefined> {
    const { metrics, log } = this.parts;
    const end = metrics.latency.startTimer();
    try {
      const opened = serverKey === undefined ? undefined : this.parts.keys.open(data, serverKey);
      if (opened === undefined) throw new Error("the request is not encrypted to one of our keys");
      const request = readRequest(opened.data);
      return opened.seal(await this.answer(request));
    } catch (error) {
      metrics.unreadable.inc();
      log.warn("a request cannot be read; it is not answered", { reason: messageOf(error) });
      return undefined;
    } finally {
      end();
    }
  }

  private async answer(request: LoginRequest): Promise<Uint8Array> {
    const { answerer, metrics, log } = this.parts;
    const now = () => Math.floor(Date.now() / 1_000);
    try {
      const admitted = await this.decide(request);
      const answer = admission(request, admitted, answerer, now());
      metrics.logins.inc({ result: "accepted", reason: "" });
      const { name, tenant, expiresAt } = admitted;
      log.info("let in", {
        user: name,
        tenant,
        server: request.server.name,
        until: new Date(expiresAt * 1_000).toISOString(),
      });
      return answer;
    } catch (error) {
      const denied = error instanceof Denied ? error : new Denied("internal", messageOf(error));
      metrics.logins.inc({ result: "refused", reason: denied.reason });
      this.note(request, denied);
      return refusal(request, denied.reason, answerer, now());
    }
  }

  private async decide({ token, client }: LoginRequest): Promise<Admission> {
    const { limiter, knows, decide } = this.parts;
    // Who was let in before is, even if others at its address are not.
    const isKnown = token !== undefined && knows(token);
    if (!isKnown && limiter.isBlocked(client.host)) throw new Denied("rate-limited", "the client has failed too often");
    return decide(token);
  }

  /** Counts the failure, and says why; of a client that is not listened to any more, once. */
  private note({ token, client, server }: LoginRequest, { reason, message }: Denied): void {
    const { limiter, log, forget } = this.parts;
    if (reason === "rate-limited") return;
    // Its signature may be good; what it was refused for costs as much as another's.
    if (token !== undefined && !ownFaults.has(reason)) forget(token);
    const fields = { reason, detail: message, client: client.host, server: server.name };
    if (ownFaults.has(reason)) log.error("refused", fields);
    else log.warn("refused", fields);
    if (!ownFaults.has(reason) && limiter.failed(client.host)) {
      log.warn("a client has failed too often; for some seconds it is refused unheard", { client: client.host });
    }
  }
}

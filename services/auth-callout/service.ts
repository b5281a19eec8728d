import {
  AuthenticationV1Api,
  type KubeConfig,
  OpenidApi,
  type V1ServiceAccount,
  WellKnownApi,
} from "@kubernetes/client-node";
import type { JSONWebKeySet } from "jose";
import type { Told } from "../http";
import { answer } from "../kubernetes/api";
import { type Log, messageOf } from "../log";
import type { Config } from "./config";
import { Decider, tenantOf } from "./decide";
import { Handler } from "./handler";
import { WatchedDirectory } from "./kubernetes/directory";
import { AnnotationEvents } from "./kubernetes/events";
import { FailureLimiter } from "./limiter";
import { Metrics } from "./metrics";
import { RequestLink } from "./nats/link";
import { appPermissions } from "./permissions";
import { TokenCache } from "./token/cache";
import type { TokenVerifier } from "./token/claims";
import { KeySet } from "./token/key-set";
import { ReviewedTokens } from "./token/reviewed";
import { SignedTokens } from "./token/signed";

/** Milliseconds the API server has to answer: less than a NATS server waits for us. */
const apiMs = 1_500;
/** Milliseconds to the next try while something that is needed first is not to be had. */
const retryMs = 1_000;
/** Milliseconds after a change until annotations are looked at: changes come together. */
const lookMs = 500;

/** The authorization callout: lets apps in by their ServiceAccount tokens. */
export class Service implements Told {
  private readonly metrics = new Metrics();
  private readonly limiter = new FailureLimiter();
  private readonly directory: WatchedDirectory;
  private readonly events: AnnotationEvents;
  private keySet: KeySet | undefined;
  private cache: TokenCache | undefined;
  private link: RequestLink | undefined;
  private looking: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly kubernetes: KubeConfig,
    private readonly config: Config,
    private readonly log: Log,
  ) {
    this.events = new AnnotationEvents(kubernetes, log, (account) => this.problemsOf(account));
    this.directory = new WatchedDirectory(kubernetes, config.calloutNamespace, log, () => this.lookSoon());
  }

  /** Begins to answer, once it knows how to verify tokens and who is there. */
  async start(): Promise<void> {
    const { config, directory, log, limiter, metrics } = this;
    const verifier = await this.createVerifier();
    // A decision by what is not known yet would be a refusal, of a login that another replica would let in.
    const isKnown = () => directory.isSynced && this.keySet?.isLoaded !== false;
    while (!isKnown() && !this.stopping) await directory.until(isKnown, retryMs);
    if (this.stopping) return;
    const { mapping, requirePod, accountId, signer, curveKeys } = config;
    const decider = new Decider(verifier, directory, { mapping, requirePod });
    const handler = new Handler({
      keys: curveKeys,
      answerer: { signer, accountId },
      decide: (token) => decider.decide(token),
      knows: (token) => this.cache?.knows(token) ?? false,
      forget: (token) => this.cache?.forget(token),
      limiter,
      metrics,
      log,
    });
    this.link = new RequestLink(config.link, log, (data, serverKey) => handler.handle(data, serverKey));
    await this.link.start();
    log.info("answering");
  }

  notReady(): string | undefined {
    if (this.stopping) return "ending";
    if (!this.directory.isSynced) return "the cluster's objects are not known yet";
    if (this.keySet?.isLoaded === false) return "the cluster's keys are not known yet";
    return this.link?.isConnected ? undefined : "not connected to NATS";
  }

  metricsText(): Promise<{ contentType: string; text: string }> {
    return this.metrics.text({
      connected: this.link?.isConnected ?? false,
      keyAgeSeconds: this.keySet?.ageSeconds,
      caches: { tokens: this.cache?.size ?? 0, failures: this.limiter.size, ...this.directory.sizes },
    });
  }

  /** Takes no more requests, answers those it has, and leaves. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.looking);
    await this.link?.stop();
    this.keySet?.stop();
    await this.directory.stop();
  }

  /** What the API server is asked about is not remembered, since it may think otherwise the next time. */
  private async createVerifier(): Promise<TokenVerifier> {
    const { audience, verification } = this.config;
    if (verification === "token-review") {
      const api = this.kubernetes.makeApiClient(AuthenticationV1Api);
      return new ReviewedTokens((body) => answer(api.createTokenReview({ body }), apiMs), audience);
    }
    const issuer = this.config.issuer ?? (await this.publishedIssuer());
    const api = this.kubernetes.makeApiClient(OpenidApi);
    const fetch = () => published<JSONWebKeySet>(api.getServiceAccountIssuerOpenIDKeyset());
    const keys = new KeySet(fetch, this.log, () => this.cache?.clear());
    this.keySet = keys;
    this.log.info("tokens are verified by their signature", { issuer, audience });
    this.cache = new TokenCache(new SignedTokens(keys, { issuer, audience }));
    return this.cache;
  }

  private async publishedIssuer(): Promise<string> {
    const api = this.kubernetes.makeApiClient(WellKnownApi);
    for (let told = ""; ; ) {
      try {
        const { issuer } = await published<{ issuer?: unknown }>(api.getServiceAccountIssuerOpenIDConfiguration());
        if (typeof issuer === "string" && issuer !== "") return issuer;
        throw new Error("the cluster's OpenID configuration names no issuer");
      } catch (error) {
        const reason = messageOf(error);
        if (reason !== told) this.log.warn("cannot find out who issues the cluster's tokens", { reason });
        told = reason;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  private problemsOf({ metadata }: V1ServiceAccount): readonly string[] {
    const { name = "", namespace = "", annotations = {} } = metadata ?? {};
    const tenant = tenantOf({ namespace, serviceAccount: name }, this.config.mapping, this.directory);
    const policy = tenant === undefined ? undefined : this.directory.signerOf(tenant);
    return policy ? appPermissions({ namespace, serviceAccount: name, annotations }, policy).problems : [];
  }

  private lookSoon(): void {
    if (this.stopping || this.looking) return;
    this.looking = setTimeout(() => {
      this.looking = undefined;
      if (!this.directory.isSynced) return;
      this.events.look(this.directory.serviceAccounts).catch((error: unknown) => {
        this.log.warn("cannot look at annotations", { reason: messageOf(error) });
      });
    }, lookMs);
  }
}

/** What the API server publishes for everybody. The client takes it for a text; it gives one, or what the text says, as the answer's type has it. */
async function published<T>(request: Promise<string>): Promise<T> {
  const body: unknown = await answer(request, apiMs);
  return (typeof body === "string" ? JSON.parse(body) : body) as T;
}

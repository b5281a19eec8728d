import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** A resource as it was registered, in order. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever is there
  readonly inputs: any;
}

/**
 * Runs a program against mocks that treat random resources as the real engine and provider do: kept in state, made anew when keepers change,
 * forgotten when the program no longer has them. Any other call or unknown type throws.
 */
export class FakeEngine {
  private state = new Map<string, { readonly inputs: string; readonly outputs: object }>();
  private made = 0;

  /** @param startedAt unix seconds of the first UUID; each further one is a second later */
  constructor(
    private readonly startedAt = 1_795_270_000,
    private readonly salt = "",
  ) {}

  /** One `pulumi up`. Resolves when everything is registered. */
  async up<T>(program: () => T): Promise<{ result: T; resources: Registered[] }> {
    const resources: Registered[] = [];
    const kept = new Map<string, { readonly inputs: string; readonly outputs: object }>();
    pulumi.runtime.setMocks({
      call: ({ token }) => {
        throw new Error(`unexpected call of ${token}`);
      },
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        const key = `${type} ${name}`;
        if (kept.has(key)) throw new Error(`two resources of type ${type} are called ${name}`);
        const known = this.state.get(key);
        const same = known?.inputs === JSON.stringify(inputs);
        const outputs = same ? known.outputs : this.create(type, name, inputs);
        kept.set(key, { inputs: JSON.stringify(inputs), outputs });
        return { id: name, state: { ...inputs, ...outputs } };
      },
    });
    const result = program();
    await pulumi.runtime.disconnect();
    this.state = kept;
    return { result, resources };
  }

  /** Result of a `random.RandomPassword`, as the last run left it. */
  password(name: string): string {
    const known = this.state.get(`random:index/randomPassword:RandomPassword ${name}`);
    if (!known) throw new Error(`there is no RandomPassword ${name}`);
    return (known.outputs as { result: string }).result;
  }

  private create(type: string, name: string, inputs: object): object {
    this.made += 1;
    switch (type) {
      case "random:index/randomPassword:RandomPassword":
        assert.deepEqual(inputs, { length: 64, special: false });
        return { result: createHash("sha256").update(`${this.salt} ${name} ${this.made}`).digest("hex") };
      case "random:index/randomUuid7:RandomUuid7": {
        const time = ((this.startedAt + this.made) * 1000).toString(16).padStart(12, "0");
        return { result: `${time.slice(0, 8)}-${time.slice(8)}-7abc-8def-0123456789ab` };
      }
      case "kubernetes:core/v1:Secret":
        return {};
      default:
        if (type.startsWith("nats-platform:")) return {};
        throw new Error(`unexpected resource ${name} of type ${type}`);
    }
  }
}

/** Value of an output, once known. */
export function unwrap<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

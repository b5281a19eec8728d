import { createInbox, type Msg, type NatsConnection, type Subscription } from "@nats-io/nats-core";

/** What an {@link Inbox} says in its errors. */
export interface InboxTexts {
  /** What was being done when the connection broke, such as `stream ORDERS was read`. */
  readonly doing: string;
  /** What a silent server has not done, such as `sent nothing of stream ORDERS`. */
  readonly silent: string;
}

/** An inbox whose messages are taken one by one, in order. */
export class Inbox {
  readonly subject = createInbox();
  private readonly arrived: Msg[] = [];
  private readonly subscription: Subscription;
  private failure: Error | undefined;
  private wake = () => {};

  /** @param onMessage told of each when it arrives, before it is taken */
  constructor(
    connection: NatsConnection,
    private readonly texts: InboxTexts,
    private readonly signal: AbortSignal | undefined,
    onMessage: (message: Msg) => void = () => {},
  ) {
    this.subscription = connection.subscribe(this.subject, {
      callback: (error, message) => {
        if (error) return this.fail(error);
        this.arrived.push(message);
        onMessage(message);
        this.wake();
      },
    });
    void this.subscription.closed.then(() =>
      this.fail(new Error(`the connection broke while ${texts.doing}. Run it again: it goes on from there`)),
    );
  }

  /**
   * The next message.
   * @throws what the signal was aborted with; Error if the connection breaks, or nothing comes in time
   */
  async next(timeoutMs: number): Promise<Msg> {
    const deadline = Date.now() + timeoutMs;
    const abort = () => this.wake();
    this.signal?.addEventListener("abort", abort);
    try {
      for (;;) {
        this.signal?.throwIfAborted();
        const message = this.arrived.shift();
        if (message) return message;
        if (this.failure) throw this.failure;
        const left = deadline - Date.now();
        if (left <= 0) {
          const silence = `the server has ${this.texts.silent} for ${timeoutMs / 1_000} s`;
          throw new Error(`${silence}. Look with: ctl health, and run it again: it goes on from there`);
        }
        await this.woken(left);
      }
    } finally {
      this.signal?.removeEventListener("abort", abort);
    }
  }

  close(): void {
    this.subscription.unsubscribe();
  }

  private async woken(atMostMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, atMostMs);
    });
    clearTimeout(timer);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}

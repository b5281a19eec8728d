import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { describeError, oneLine } from "../../../services/text";
import { readText, type Store } from "./store";

/** Bytes of one part of a large object, and how many are sent at a time: what is in memory. An object has 10,000 parts at most: 160 GB. */
const partBytes = 16 * 1024 * 1024;
const partsAtATime = 2;

/** Where a bucket is. */
export interface Bucket {
  readonly bucket: string;
  /** Before the names of all files, with a slash at its end; empty for none. */
  readonly prefix: string;
}

/** The bucket that `s3://bucket/prefix` means. @throws Error if it is not of that form */
export function parseS3(url: string): Bucket {
  const [, bucket, path = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url) ?? [];
  if (!bucket) throw new Error(`"${url}" is no bucket: it is s3://<bucket>/<prefix>`);
  const prefix = path.replace(/^\/+|\/+$/g, "");
  return { bucket, prefix: prefix ? `${prefix}/` : "" };
}

/**
 * A client for S3 with the credentials and the region that AWS' own tools find, too: environment, profile, role.
 * @param endpoint of another service that speaks S3. @default AWS
 */
export function s3Client(endpoint: string | undefined): S3Client {
  return new S3Client({
    ...(endpoint
      ? {
          endpoint,
          forcePathStyle: true,
          region: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? "us-east-1",
        }
      : {}),
    // Whatever is written is read again and compared by a checksum of our own; not every service knows the ones of AWS.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

/** A bucket of S3, or of a service that speaks it. An object is there once all of it is. */
export class S3Store implements Store {
  readonly name: string;

  constructor(
    private readonly client: S3Client,
    private readonly place: Bucket,
  ) {
    this.name = `s3://${place.bucket}/${place.prefix}`.replace(/\/$/, "");
  }

  async read(file: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand(this.object(file)));
      return Body as Readable;
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw this.failure("read", file, error);
    }
  }

  async write(file: string, content: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    // What fails in the content is not the store's failure.
    let broken: unknown;
    const body = Readable.from(
      (async function* () {
        try {
          yield* content;
        } catch (error) {
          broken = error;
          throw error;
        }
      })(),
      { objectMode: false },
    );
    const upload = new Upload({
      client: this.client,
      params: { ...this.object(file), Body: body },
      partSize: partBytes,
      queueSize: partsAtATime,
    });
    const abort = () => void upload.abort();
    signal?.addEventListener("abort", abort);
    try {
      await upload.done();
    } catch (error) {
      body.destroy();
      signal?.throwIfAborted();
      throw broken ?? this.failure("write", file, error);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Where the service knows no conditional writes, the last one that does so at once succeeds, and others only seem to. */
  async create(file: string, text: string): Promise<boolean> {
    if ((await readText(this, file)) !== undefined) return false;
    const put = (condition: { IfNoneMatch?: "*" }) =>
      this.client.send(new PutObjectCommand({ ...this.object(file), Body: text, ...condition }));
    try {
      await put({ IfNoneMatch: "*" }).catch((error: unknown) => {
        if (statusOf(error) !== 501) throw error;
        return put({});
      });
      return true;
    } catch (error) {
      // Another was there first, or is writing now.
      if (statusOf(error) === 412 || statusOf(error) === 409) return false;
      throw this.failure("write", file, error);
    }
  }

  async remove(file: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.object(file))).catch((error: unknown) => {
      throw this.failure("remove", file, error);
    });
  }

  async list(folder: string): Promise<string[]> {
    const { Bucket, Key: Prefix } = this.object(folder ? `${folder}/` : "");
    const names: string[] = [];
    let next: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket, Prefix, Delimiter: "/", ContinuationToken: next });
      const page = await this.client.send(command).catch((error: unknown) => {
        throw this.failure("list", folder, error);
      });
      names.push(...(page.Contents ?? []).flatMap(({ Key }) => Key?.slice(Prefix.length) ?? []));
      next = page.NextContinuationToken;
    } while (next);
    return names;
  }

  within(folder: string): Store {
    return new S3Store(this.client, { ...this.place, prefix: `${this.place.prefix}${folder}/` });
  }

  private object(file: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${file}` };
  }

  private failure(doing: string, file: string, error: unknown): Error {
    const said = oneLine(describeError(error));
    const code =
      error instanceof Error && error.name !== "Error" && !said.includes(error.name) ? `${error.name}: ` : "";
    const remedy =
      error instanceof Error && error.name === "CredentialsProviderError"
        ? "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        : "Are bucket, --endpoint and credentials the right ones?";
    return new Error(`cannot ${doing} ${file} in ${this.name}: ${code}${said}. ${remedy}`, { cause: error });
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

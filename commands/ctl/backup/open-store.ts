import { resolve } from "node:path";
import { FolderStore } from "./folder-store";
import type { Store } from "./store";

/**
 * The store at a place.
 * @param place path of a folder, which need not be there yet, or `s3://bucket/prefix`
 * @param endpoint URL of a service that speaks S3; only with a bucket. @default AWS
 * @throws Error if it is neither
 */
export async function openStore(place: string, endpoint?: string): Promise<Store> {
  if (place.startsWith("s3://")) {
    if (endpoint !== undefined && !URL.canParse(endpoint)) {
      throw new Error(`endpoint "${endpoint}" is no URL, such as https://s3.example.com`);
    }
    // It is large, and who writes to a folder has no use for it.
    const { parseS3, S3Store, s3Client } = await import("./s3-store");
    return new S3Store(s3Client(endpoint), parseS3(place));
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place))
    throw new Error(`"${place}" is neither a folder nor s3://<bucket>/<prefix>`);
  if (endpoint !== undefined) throw new Error(`an endpoint is for s3://<bucket>/<prefix>; "${place}" is a folder`);
  return new FolderStore(resolve(place));
}

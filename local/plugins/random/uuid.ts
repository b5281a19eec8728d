import { randomBytes, randomUUID } from "node:crypto";

/** A random UUID (RFC 9562, version 4). */
export function uuidV4(): string {
  return randomUUID();
}

/** A UUID that begins with the time in milliseconds (RFC 9562, version 7): those made later sort later. */
export function uuidV7(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

import * as fs from "node:fs";

const programHeaderInterpreter = 3;

/** Whether a file is a 64-bit ELF executable that needs no dynamic linker, so that it runs in an image without a C library. */
export function isStaticElf(file: string): boolean {
  let fd: number;
  try {
    fd = fs.openSync(file, "r");
  } catch {
    return false;
  }
  try {
    const header = Buffer.alloc(64);
    if (fs.readSync(fd, header, 0, 64, 0) < 64) return false;
    const isLittleEndian64 = header.subarray(0, 6).equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]));
    if (!isLittleEndian64) return false;
    const [offset, size, count] = [
      Number(header.readBigUInt64LE(32)),
      header.readUInt16LE(54),
      header.readUInt16LE(56),
    ];
    const table = Buffer.alloc(size * count);
    if (count === 0 || fs.readSync(fd, table, 0, table.length, offset) < table.length) return false;
    for (let i = 0; i < count; i++) if (table.readUInt32LE(i * size) === programHeaderInterpreter) return false;
    return true;
  } finally {
    fs.closeSync(fd);
  }
}

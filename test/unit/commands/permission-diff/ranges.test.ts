import assert from "node:assert/strict";
import { networkOf, pieces } from "../../../../commands/permission-diff/network/ranges";

describe("networks in CIDR notation", () => {
  const cases: [string, bigint, bigint][] = [
    ["10.0.0.0/8", 0x0a000000n, 0x0affffffn],
    ["10.1.2.3/8", 0x0a000000n, 0x0affffffn],
    ["0.0.0.0/0", 0n, 0xffffffffn],
    ["::/0", 0n, 2n ** 128n - 1n],
    ["fd00::1/128", 0xfd00n * 2n ** 112n + 1n, 0xfd00n * 2n ** 112n + 1n],
    ["::ffff:10.0.0.1/128", 0xffff0a000001n, 0xffff0a000001n],
    ["1:2:3:4:5:6:7:8/128", 0x00010002000300040005000600070008n, 0x00010002000300040005000600070008n],
  ];
  for (const [cidr, start, end] of cases) {
    it(cidr, () => assert.deepEqual(networkOf(cidr)?.range, { from: start, to: end }));
  }
  for (const cidr of ["10.0.0.0", "10.0.0.0/33", "a/8", "::/129", ""]) {
    it(`${JSON.stringify(cidr)} is none`, () => assert.equal(networkOf(cidr), undefined));
  }
});

describe("pieces of a range", () => {
  it("lie in each range as a whole or not at all", () => {
    const range = (start: bigint, end: bigint) => ({ from: start, to: end });
    assert.deepEqual(pieces(range(1n, 9n), [range(3n, 5n), range(5n, 9n)]), [
      range(1n, 2n),
      range(3n, 4n),
      range(5n, 5n),
      range(6n, 9n),
    ]);
    assert.deepEqual(pieces(range(1n, 9n), []), [range(1n, 9n)]);
  });
});

import { strict as assert } from "node:assert";
import {
  availableMemory,
  contains,
  type MachineFacts,
  neededDisk,
  neededMemory,
  preflightProblems,
} from "../../../../local/cluster/preflight";
import { layout } from "./fixtures";

const fit: MachineFacts = {
  uid: 0,
  platform: "linux",
  missingPrograms: [],
  canInstall: false,
  availableMemory: neededMemory,
  freeDisk: neededDisk,
  diskPath: "/state",
  interfaces: [
    { name: "lo", alias: "" },
    { name: "eth0", alias: "" },
  ],
  routes: [
    { cidr: "192.0.2.0/24", device: "eth0" },
    { cidr: "10.0.0.0/8", device: "eth0" },
  ],
  filesystems: ["nodev", "overlay"],
  cgroups: true,
};

function problems(changes: Partial<MachineFacts>, running = false): string[] {
  return preflightProblems(layout(), { ...fit, ...changes }, running);
}

describe("preflight", () => {
  it("has nothing against a machine that has just enough", () => {
    assert.deepEqual(problems({}), []);
  });

  const cases: [name: string, changes: Partial<MachineFacts>, expected: RegExp][] = [
    ["another system", { platform: "darwin" }, /darwin.*needs Linux/],
    ["another user than root", { uid: 1000 }, /not run as root.*sudo/],
    [
      "missing programs",
      { missingPrograms: ["ip", "runc"] },
      /not found: ip, runc; install with: apt-get install iproute2 runc/,
    ],
    ["no overlay file system", { filesystems: ["ext4"] }, /overlay.*modprobe overlay/],
    ["no cgroups", { cgroups: false }, /no cgroups.*mount -t cgroup2/],
    ["too little memory", { availableMemory: neededMemory - 1024 ** 3 }, /1\.0 GiB of memory.*2\.0 GiB are needed/],
    ["too little disk", { freeDisk: 1024 ** 3 }, /1\.0 GiB are free at \/state, 5\.0 GiB.*NATS_PLATFORM_STATE/],
    [
      "an interface of somebody else",
      { interfaces: [{ name: "nats-platform0", alias: "" }] },
      /nats-platform0 belongs to something else.*ip link del nats-platform0/,
    ],
    [
      "an interface of another cluster",
      { interfaces: [{ name: "nats-platform0", alias: "/other/clusters/dev" }] },
      /the cluster in \/other\/clusters\/dev/,
    ],
    [
      "a network in use",
      { routes: [{ cidr: "10.244.7.0/24", device: "docker0" }] },
      /10\.244\.0\.0\/16 is in use \(10\.244\.7\.0\/24 on docker0\).*NATS_PLATFORM_CLUSTER/,
    ],
  ];
  for (const [name, changes, expected] of cases) {
    it(`refuses ${name}, and only that`, () => {
      const [problem, ...others] = problems(changes);
      assert.match(problem ?? "none", expected);
      assert.deepEqual(others, []);
    });
  }

  it("tells all problems at once", () => {
    assert.equal(problems({ uid: 1, cgroups: false, freeDisk: 0, missingPrograms: ["ip"] }).length, 4);
  });

  it("leaves programs to be installed to whoever can", () => {
    assert.deepEqual(problems({ missingPrograms: ["runc"], canInstall: true }), []);
  });

  it("does not ask for memory and disk the running cluster has already", () => {
    assert.deepEqual(problems({ availableMemory: 0, freeDisk: 0 }, true), []);
  });

  it("knows its own interface and routes", () => {
    const own = layout();
    const interfaces = [{ name: own.hostInterface, alias: own.root }];
    const routes = [{ cidr: own.nodes[0]?.podCidr ?? "", device: own.hostInterface }];
    assert.deepEqual(problems({ interfaces, routes }), []);
  });
});

describe("containment of networks", () => {
  it("goes by prefix", () => {
    assert.ok(contains("10.244.0.0/16", "10.244.3.0/24"));
    assert.ok(contains("10.244.0.0/16", "10.244.0.0/16"));
    assert.ok(contains("10.255.0.0/24", "10.255.0.255"));
    assert.ok(!contains("10.244.0.0/16", "10.245.0.0/24"));
    assert.ok(!contains("10.244.0.0/16", "10.0.0.0/8"));
    assert.ok(contains("192.0.0.0/2", "255.255.255.255/32"));
  });
});

describe("available memory", () => {
  it("is what the kernel says can be had", () => {
    assert.equal(availableMemory("MemTotal: 99 kB\nMemAvailable:    2048 kB\nBuffers: 1 kB\n"), 2 * 1024 ** 2);
    assert.equal(availableMemory(""), 0);
  });
});

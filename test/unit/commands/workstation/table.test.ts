import assert from "node:assert/strict";
import { formatWorkstation } from "../../../../commands/workstation/table";
import type { WorkstationReport } from "../../../../commands/workstation/up";

const report: WorkstationReport = {
  stack: "workstation",
  context: "nats-platform-dev",
  namespace: "nats-workstation",
  auth: "jwt",
  url: "nats://10.255.0.11:30422",
  monitoringUrl: "http://10.255.0.11:30822",
  reached: true,
  clusterUrl: "nats://nats.nats-workstation.svc.cluster.local:4222",
  logins: [{ account: "NOETL", user: "noetl", credsFile: "/state/noetl.creds" }],
};

describe("how a workstation is used", () => {
  it("is told with its addresses, users, files, and a line for the nats CLI", () => {
    assert.equal(
      formatWorkstation(report),
      `workstation workstation on nats-platform-dev, namespace nats-workstation
  clients          nats://10.255.0.11:30422
  in the cluster   nats://nats.nats-workstation.svc.cluster.local:4222
  monitoring       http://10.255.0.11:30822

  account  user   creds file
  NOETL    noetl  /state/noetl.creds

nats context save nats-platform-dev-workstation-noetl --server nats://10.255.0.11:30422 --creds /state/noetl.creds
`,
    );
  });

  it("names contexts of the nats CLI as that takes them, whatever the cluster is called, and quotes paths for a shell", () => {
    const context = "arn:aws:eks:eu-central-1:1:cluster/shop";
    const logins = [{ account: "NOETL", user: "noetl", credsFile: "/home/o'neil dev/noetl.creds" }];
    assert.match(
      formatWorkstation({ ...report, context, logins }),
      /^nats context save arn-aws-eks-eu-central-1-1-cluster-shop-workstation-noetl --server nats:\S+ --creds '\/home\/o'\\''neil dev\/noetl\.creds'$/m,
    );
  });

  it("says of passwords that everybody knows them, and what to do where nothing answers", () => {
    const logins = [{ account: "NOETL", user: "noetl", password: "noetl" }];
    const text = formatWorkstation({ ...report, auth: "static", reached: false, logins });
    assert.match(text, /--user noetl --password noetl\n/);
    assert.match(text, /Everybody knows these passwords/);
    assert.match(
      text,
      /Nothing answers at http:\/\/10\.255\.0\.11:30822 from this machine\. Until it does: make port-forward STACK=workstation/,
    );
  });
});

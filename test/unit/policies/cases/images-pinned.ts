import { restrictedContainer } from "../../../../components/pod-security";
import type { PolicyCases } from "../support/cases";
import { set } from "../support/change";
import { inEachKind } from "../support/kinds";
import { unknownText } from "../support/pack";
import { natsBox, pinned, platform, production } from "../support/platform";

const box = "Deployment/nats-box";
const spec = ["spec", "template", "spec"] as const;
const image = [...spec, "containers", 0, "image"] as const;

const refused = (reference: unknown, says: RegExp) => ({
  what: JSON.stringify(reference),
  resource: box,
  change: set(image, reference),
  says,
});

export const cases: PolicyCases = {
  policy: "images-pinned",
  compliant: [...platform(), ...natsBox()],
  config: production,
  mutations: [
    refused("natsio/nats-box:0.19.7", /is "natsio\/nats-box:0\.19\.7"; must have a digest\. /),
    refused("natsio/nats-box", /must have a digest/),
    refused("registry:5000/nats-box", /must have a digest/),
    refused(pinned("natsio/nats-box:latest"), /must have another tag than latest/),
    refused("natsio/nats-box:0.19.7@sha256:abc", /must have a digest of 64 hex digits/),
    refused(`natsio/nats-box:0.19.7@sha256:${"F".repeat(64)}`, /must have a digest of 64 hex digits/),
    refused("", /image is ""/),
    refused(["natsio/nats-box"], /must be text/),
    {
      what: "an init container's tag",
      resource: box,
      change: set(
        [...spec, "initContainers"],
        [{ name: "init", image: "busybox:1", securityContext: restrictedContainer }],
      ),
      says: /initContainers\[0\]\.image/,
    },
    {
      what: "an ephemeral container's tag",
      resource: box,
      change: ({ props }) => {
        const [container] = props.spec.template.spec.containers;
        props.spec.template.spec.ephemeralContainers = [{ ...container, name: "debug", image: "busybox:1" }];
      },
      says: /ephemeralContainers\[0\]\.image/,
    },
    {
      what: "a tag of a volume that is an image",
      resource: box,
      change: ({ props }) => props.spec.template.spec.volumes.push({ name: "files", image: { reference: "files:1" } }),
      says: /volumes\[\d\]\.image\.reference is "files:1"/,
    },
    ...inEachKind("a tag", (template) => {
      template.spec.containers[0].image = "natsio/nats-box:0.19.7";
    }).map((mutation) => ({ ...mutation, resource: box, says: /must have a digest/ })),
  ],
  allowed: [
    {
      what: "a digest without a tag",
      resource: box,
      change: set(image, `registry:5000/nats-box@sha256:${"0".repeat(64)}`),
    },
  ],
  undecided: [
    { what: "an image that is not known yet", resource: box, change: set(image, unknownText), says: /image/ },
  ],
};

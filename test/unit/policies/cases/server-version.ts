import type { PolicyCases } from "../support/cases";
import { remove, set } from "../support/change";
import { inEachKind } from "../support/kinds";
import { unknownText } from "../support/pack";
import { natsBox, pinned, platform, production } from "../support/platform";

const servers = "StatefulSet/nats";
const box = "Deployment/nats-box";
const image = ["spec", "template", "spec", "containers", 0, "image"] as const;
const older = /containers\[0\]\.image is .*; must be nats-server 2\.14\.0 or newer\. /;
const cannotTell = /must be nats-server 2\.14\.0 or newer, and of this tag that cannot be told/;

const refused = (reference: string, says = older) => ({
  what: reference,
  resource: servers,
  change: set(image, pinned(reference)),
  says,
});
const taken = (reference: string) => ({ what: reference, resource: servers, change: set(image, pinned(reference)) });

export const cases: PolicyCases = {
  policy: "server-version",
  compliant: [...platform(), ...natsBox()],
  config: production,
  mutations: [
    refused("nats:2.13.9-alpine"),
    refused("nats:2.9"),
    refused("nats:1"),
    refused("nats:2.14.0-RC.1"),
    refused("nats:2.14.0-preview.2-alpine"),
    refused("registry.example.com:5000/mirror/nats:2.10.4"),
    refused("registry.example.com/nats-server:v2.10.4"),
    refused("registry.example.com/messaging:1.2.3"),
    refused("nats:2", cannotTell),
    refused("nats:alpine", cannotTell),
    refused("nats:", cannotTell),
    {
      what: "a digest alone",
      resource: servers,
      change: set(image, `nats@sha256:${"0".repeat(64)}`),
      says: /of a digest alone that cannot be told\. Name a tag with the whole version/,
    },
    {
      what: "another image whose command is nats-server",
      resource: box,
      change: ({ props }) => {
        const [container] = props.spec.template.spec.containers;
        container.image = pinned("tools:1.0");
        container.command = ["sh", "-c", "exec /usr/local/bin/nats-server -c /etc/nats.conf"];
      },
      says: older,
    },
    {
      what: "an older server beside another container",
      resource: box,
      change: ({ props }) => {
        const { spec } = props.spec.template;
        spec.initContainers = [
          { ...spec.containers[0], name: "leaf", image: pinned("nats:2.9.0"), restartPolicy: "Always" },
        ];
      },
      says: /initContainers\[0\]\.image is "nats:2\.9\.0@/,
    },
    ...inEachKind("an older server", ({ spec }) => {
      spec.containers[0].image = pinned("nats:2.12.1");
    }).map((mutation) => ({
      ...mutation,
      resource: box,
      says: /nats:2\.12\.1.*; must be nats-server 2\.14\.0 or newer/,
    })),
  ],
  allowed: [
    taken("nats:2.14.0"),
    taken("nats:2.14-alpine"),
    taken("nats:2.15"),
    taken("nats:3"),
    taken("nats:v2.14.3-scratch"),
    taken("nats:2.15.0-RC.1"),
    { what: "another program's image", resource: box, change: set(image, pinned("library/nats-surveyor:0.1.0")) },
  ],
  undecided: [
    { what: "an image that is not known yet", resource: servers, change: set(image, unknownText), says: /image/ },
    {
      what: "an image that is not known yet, of which nothing else tells",
      resource: box,
      change: (resource) => {
        remove(["spec", "template", "metadata", "labels"])(resource);
        set(image, unknownText)(resource);
      },
      says: /image/,
    },
  ],
};

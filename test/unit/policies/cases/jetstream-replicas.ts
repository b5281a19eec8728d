import type { Mutable, PolicyCases } from "../support/cases";
import { replace, set } from "../support/change";
import { unknownText } from "../support/pack";
import { platform, production } from "../support/platform";

const file = ["data", "message_state.json"] as const;
const says = /spec\.replicas is .*; must be an odd number of copies from 3 to 5/;

/** A resource of NACK. */
function nack(kind: string, spec: object, version = "v1beta2") {
  return (resource: Mutable) => {
    const apiVersion = `jetstream.nats.io/${version}`;
    resource.type = `kubernetes:${apiVersion}:${kind}`;
    resource.props = { apiVersion, kind, metadata: { name: "orders", namespace: "nats" }, spec };
  };
}

export const cases: PolicyCases = {
  policy: "jetstream-replicas",
  compliant: platform(),
  config: production,
  mutations: [
    { what: "a stream with one copy", resource: "Service/nats", change: nack("Stream", { replicas: 1 }), says },
    { what: "a stream that says nothing", resource: "Service/nats", change: nack("Stream", { name: "orders" }), says },
    { what: "a stream with two copies", resource: "Service/nats", change: nack("Stream", { replicas: 2 }), says },
    { what: "a stream with seven copies", resource: "Service/nats", change: nack("Stream", { replicas: 7 }), says },
    {
      what: "a stream in another version of the API",
      resource: "Service/nats",
      change: nack("Stream", { replicas: 1 }, "v1beta1"),
      says,
    },
    { what: "a bucket with one copy", resource: "Service/nats", change: nack("KeyValue", { replicas: 1 }), says },
    { what: "an object store with four", resource: "Service/nats", change: nack("ObjectStore", { replicas: 4 }), says },
    { what: "a patch of a stream", resource: "Service/nats", change: nack("StreamPatch", { replicas: 1 }), says },
    {
      what: "a bucket of the Job with one copy",
      resource: "ConfigMap/buckets",
      change: replace(file, '"num_replicas":3', '"num_replicas":1'),
      says: /data\["message_state\.json"\] is stream "KV_message_state" with num_replicas 1; must be an odd number/,
    },
    {
      what: "a bucket of the Job that says nothing",
      resource: "ConfigMap/buckets",
      change: replace(file, '"num_replicas":3,', ""),
      says: /with num_replicas 1/,
    },
    {
      what: "a bucket in binary data",
      resource: "ConfigMap/buckets",
      change: ({ props }) => {
        const text = props.data["message_state.json"].replace('"num_replicas":3', '"num_replicas":2');
        props.binaryData = { other: Buffer.from(text).toString("base64") };
      },
      says: /binaryData\.other is stream .* with num_replicas 2/,
    },
    {
      what: "a list of streams",
      resource: "ConfigMap/buckets",
      change: set(
        ["data", "list"],
        JSON.stringify([{ config: { name: "orders", subjects: ["orders.>"], storage: "file" } }]),
      ),
      says: /data\.list is stream "orders" with num_replicas 1/,
    },
  ],
  allowed: [
    { what: "five copies", resource: "Service/nats", change: nack("Stream", { replicas: 5 }) },
    {
      what: "somebody else's Stream",
      resource: "Service/nats",
      change: (resource) => {
        resource.type = "kubernetes:media.example.com/v1:Stream";
      },
    },
    {
      what: "a consumer with copies of its own",
      resource: "ConfigMap/buckets",
      change: set(["data", "consumer.json"], JSON.stringify({ name: "c", ack_policy: "explicit", num_replicas: 1 })),
    },
    { what: "a patch of something else", resource: "Service/nats", change: nack("StreamPatch", { maxAge: "1h" }) },
    {
      what: "JSON that is none",
      resource: "ConfigMap/buckets",
      change: set(["data", "x.json"], '{ "num_replicas": 1'),
    },
  ],
  undecided: [
    {
      what: "copies that are not known yet",
      resource: "Service/nats",
      change: nack("Stream", { replicas: unknownText }),
      says: /spec\.replicas/,
    },
    {
      what: "a bucket of the Job that is not known yet",
      resource: "ConfigMap/buckets",
      change: set(file, unknownText),
      says: /message_state\.json/,
    },
  ],
};

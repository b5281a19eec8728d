import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { restrictedContainer, restrictedPod } from "../pod-security";
import { nodeImage } from "./node-image";
import { codeDir, codeKey, compressProgram, programCommand } from "./program-code";

/** Arguments of {@link Program}. */
export interface ProgramArgs {
  /** Name of the container, and start of the ConfigMap's: a DNS label. */
  readonly program: string;
  readonly namespace: pulumi.Input<string>;
  /** Of the ConfigMap. */
  readonly labels: Readonly<Record<string, string>>;
  /** CommonJS source of one file. */
  readonly code: pulumi.Input<string>;
}

/** What a pod of a program needs beside its code. */
export interface ProgramPodArgs {
  readonly env?: k8s.types.input.core.v1.EnvVar[];
  /** Secrets to mount: folder to Secret. */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly resources: k8s.types.input.core.v1.ResourceRequirements;
  /** More of the container, such as ports and probes. */
  readonly container?: Partial<k8s.types.input.core.v1.Container>;
}

/**
 * A Node program that runs in the cluster on the official image: its code is a ConfigMap, compressed, named after its content. No image of
 * one's own and no registry is needed, and other code is another pod.
 */
export class Program extends pulumi.ComponentResource {
  private readonly program: string;
  private readonly configMapName: pulumi.Output<string>;

  /** @throws RangeError (when the code is known) if it does not fit into a ConfigMap */
  constructor(name: string, args: ProgramArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:program:Program", name, {}, opts);
    const code = pulumi.output(args.code).apply((source) => compressProgram(args.program, source));
    const configMap = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: {
          name: pulumi.interpolate`${args.program}-${code.digest}`,
          namespace: args.namespace,
          labels: args.labels,
        },
        binaryData: { [codeKey]: code.compressed },
        immutable: true,
      },
      { parent: this },
    );
    this.program = args.program;
    this.configMapName = configMap.metadata.name;
    this.registerOutputs({ configMapName: this.configMapName });
  }

  /** Spec of a pod that runs it: no privilege, nothing writable, no Kubernetes token unless the caller adds one. */
  podSpec({ env = [], secrets = {}, resources, container = {} }: ProgramPodArgs): k8s.types.input.core.v1.PodSpec {
    const mounted = Object.entries(secrets).map(([mountPath, secretName], index) => ({
      mount: { name: `secret-${index}`, mountPath, readOnly: true },
      volume: { name: `secret-${index}`, secret: { secretName } },
    }));
    return {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod,
      containers: [
        {
          name: this.program,
          image: nodeImage,
          command: programCommand(),
          env,
          resources,
          securityContext: restrictedContainer,
          volumeMounts: [{ name: "program", mountPath: codeDir, readOnly: true }, ...mounted.map(({ mount }) => mount)],
          ...container,
        },
      ],
      volumes: [{ name: "program", configMap: { name: this.configMapName } }, ...mounted.map(({ volume }) => volume)],
    };
  }
}

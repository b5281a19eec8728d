import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { restrictedContainer, restrictedPod } from "../pod-security";
import { codeDir, codeKey, compressProgram, programCommand } from "./program-code";

/** Arguments of {@link Program}. */
export interface ProgramArgs {
  /** Name of the container, and start of the ConfigMap's: a DNS label. */
  readonly program: string;
  readonly namespace: pulumi.Input<string>;
  /** Of the ConfigMap. */
  readonly labels: Readonly<Record<string, string>>;
  /** Image of Node, or one that has the program itself. */
  readonly image: string;
  /** CommonJS source of one file. @default the image has the program, and runs it by itself */
  readonly code?: pulumi.Input<string>;
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
 * A Node program that runs in the cluster on an image of Node: its code is a ConfigMap, compressed, named after its content. No image of
 * one's own and no registry is needed, and other code is another pod. Or an image of one's own that has it.
 */
export class Program extends pulumi.ComponentResource {
  private readonly program: string;
  private readonly image: string;
  /** Undefined for an image that has the program. */
  private readonly configMapName: pulumi.Output<string> | undefined;

  /** @throws RangeError (when the code is known) if it does not fit into a ConfigMap */
  constructor(name: string, args: ProgramArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:program:Program", name, {}, opts);
    this.program = args.program;
    this.image = args.image;
    this.configMapName = args.code === undefined ? undefined : this.createCode(name, args, args.code);
    this.registerOutputs({ configMapName: this.configMapName });
  }

  private createCode(
    name: string,
    { program, namespace, labels }: ProgramArgs,
    source: pulumi.Input<string>,
  ): pulumi.Output<string> {
    const code = pulumi.output(source).apply((text) => compressProgram(program, text));
    const metadata = { name: pulumi.interpolate`${program}-${code.digest}`, namespace, labels };
    const data = { binaryData: { [codeKey]: code.compressed }, immutable: true };
    return new k8s.core.v1.ConfigMap(name, { metadata, ...data }, { parent: this }).metadata.name;
  }

  /** Spec of a pod that runs it: no privilege, nothing writable, no Kubernetes token unless the caller adds one. */
  podSpec({ env = [], secrets = {}, resources, container = {} }: ProgramPodArgs): k8s.types.input.core.v1.PodSpec {
    const mounted = Object.entries(secrets).map(([mountPath, secretName], index) => ({
      mount: { name: `secret-${index}`, mountPath, readOnly: true },
      volume: { name: `secret-${index}`, secret: { secretName } },
    }));
    const code = this.configMapName && {
      mount: { name: "program", mountPath: codeDir, readOnly: true },
      volume: { name: "program", configMap: { name: this.configMapName } },
    };
    const all = [...(code ? [code] : []), ...mounted];
    return {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod,
      containers: [
        {
          name: this.program,
          image: this.image,
          ...(code ? { command: programCommand() } : {}),
          env,
          resources,
          securityContext: restrictedContainer,
          volumeMounts: all.map(({ mount }) => mount),
          ...container,
        },
      ],
      volumes: all.map(({ volume }) => volume),
    };
  }
}

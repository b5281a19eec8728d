import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectName } from "../identity/object-name";
import { commonLabels } from "../labels";
import type { JobLogin } from "../platform/buckets";
import { type Logins, ofFirstUser, systemAccount, systemUser, type WorkstationAccount } from "./accounts";
import { staticAuthConfig, staticPassword } from "./auth-config";
import type { WorkstationIdentity, WorkstationIdentityArgs } from "./identity";

/**
 * Users with passwords that everybody knows, their own names, in Secrets `nats-<user>-password` (`kubernetes.io/basic-auth`).
 * @throws {IdentityError} if no Kubernetes name can be made of a user's
 */
export class StaticIdentity extends pulumi.ComponentResource implements WorkstationIdentity {
  readonly authConfig: pulumi.Output<string>;
  readonly logins: pulumi.Output<Logins>;
  readonly secretNames: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { namespace, accounts }: WorkstationIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:workstation:StaticIdentity", name, {}, opts);
    const all = [{ name: systemAccount, users: [systemUser] }, ...accounts];
    const secretName = (user: string) =>
      new k8s.core.v1.Secret(
        `${name}-user-${user}-password`,
        {
          metadata: {
            name: objectName("user", user, (text) => `nats-${text}-password`),
            namespace,
            labels: commonLabels,
          },
          type: "kubernetes.io/basic-auth",
          data: { username: base64(user), password: pulumi.secret(base64(staticPassword(user))) },
        },
        { parent: this },
      ).metadata.name;
    this.secretNames = Object.fromEntries(all.flatMap(({ users }) => users).map((user) => [user, secretName(user)]));
    this.logins = pulumi.secret(
      Object.fromEntries(
        all.map((account) => [
          account.name,
          Object.fromEntries(account.users.map((user) => [user, { password: staticPassword(user) }])),
        ]),
      ),
    );
    this.authConfig = pulumi.secret(staticAuthConfig(accounts));
    this.registerOutputs({});
  }

  jobLogin(account: WorkstationAccount): JobLogin {
    return { passwordSecret: ofFirstUser(account, this.secretNames) };
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

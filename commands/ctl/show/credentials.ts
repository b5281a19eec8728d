import { join } from "node:path";
import { ports } from "../../../components/platform/ports";
import { systemAccount } from "../../../components/workstation/accounts";
import { writePrivateFile } from "../../../local/state";
import { credsFolder } from "../../creds-folder";
import { serverPods } from "../../kubernetes";
import { natsContextLine } from "../../nats-context";
import { nodeUrls } from "../../workstation/reach";
import type { Login } from "../access/logins";
import { type StackFacts, stackFacts } from "../access/outputs";
import type { Stack } from "../access/stack";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { print } from "../output";

/** Hands out what proves a user: a creds file, or a password where the stack has those. */
export async function getCredentials(
  { user }: { readonly user?: string },
  { stack, json }: CommandContext,
): Promise<number> {
  const facts = await stackFacts(stack);
  const login = theLogin(facts.logins, user);
  const outside = await outsideUrl(stack, facts);
  const server = outside ?? `${new URL(facts.url).protocol}//localhost:${ports.client}`;
  const { proof, account } = login;
  const file = "creds" in proof ? join(credsFolder(stack.target), fileName(stack, login)) : undefined;
  if (file && "creds" in proof) writePrivateFile(file, proof.creds);
  const who = "password" in proof ? { user: login.user, password: proof.password } : { creds: file };
  const options = { server, ...who, "inbox-prefix": login.inboxPrefix };
  const context = `${natsContextLine(contextNames(stack, login), options)} --select`;
  print(json, { user: login.user, account, ...(file ? { file } : {}), context }, () => [
    file ? `creds of user ${login.user}: ${file}` : `user ${login.user} of account ${account} has a password`,
    "",
    context,
    ...(outside ? [] : ["", `The server is reached while this runs: ${forwardCommand(stack)}`]),
  ]);
  return 0;
}

/** URL of a workstation's server at its node, as workstation-up names it; undefined of other stacks, and while there is no server or cluster. */
async function outsideUrl({ target }: Stack, { namespace, nodePorts }: StackFacts): Promise<string | undefined> {
  if (!nodePorts) return undefined;
  const [pod] = await serverPods(target, namespace).catch(() => []);
  const urls = pod && (await nodeUrls(target, pod, nodePorts).catch(() => undefined));
  return urls?.client;
}

/** @throws UnusableError naming the users that there are */
export function theLogin(logins: readonly Login[], user: string | undefined): Login {
  const known = logins.map((login) => login.user);
  const usual =
    logins.find((login) => login.user === "observer") ?? logins.find(({ account }) => account !== systemAccount);
  const found = user === undefined ? usual : logins.find((login) => login.user === user);
  if (found) return found;
  throw new UnusableError(
    user === undefined
      ? "there is no user: all are revoked"
      : `the creds of user "${user}" are not handed out; --user is one of ${known.join(", ") || "none: all are revoked"}`,
  );
}

/** An environment's have the names that they always had. */
function fileName({ kind, target }: Stack, { user }: Login): string {
  return kind === "environment" ? `${user}.creds` : join(target.stack, `${user}.creds`);
}

function contextNames({ kind, target }: Stack, { user }: Login): string[] {
  return kind === "environment" ? [target.context, user] : [target.context, target.stack, user];
}

function forwardCommand({ target }: Stack): string {
  return `make port-forward${target.stack === "dev" ? "" : ` STACK=${target.stack}`}`;
}

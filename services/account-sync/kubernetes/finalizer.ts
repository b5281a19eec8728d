import { CoreV1Api, type KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { accountFinalizer } from "../../../components/labels";
import { answer, codeOf } from "../../kubernetes/api";
import type { AccountRecord } from "../account-record";

/** Takes our finalizer off a Secret, and nothing else; Kubernetes then removes the Secret. One that is gone already is fine. */
export async function removeFinalizer(config: KubeConfig, namespace: string, record: AccountRecord): Promise<void> {
  const { secret: name, uid, finalizer } = record;
  const path = `/metadata/finalizers/${finalizer}`;
  const body = [
    { op: "test", path: "/metadata/uid", value: uid },
    { op: "test", path, value: accountFinalizer },
    { op: "remove", path },
  ];
  const headers = setHeaderOptions("Content-Type", PatchStrategy.JsonPatch);
  try {
    await answer(config.makeApiClient(CoreV1Api).patchNamespacedSecret({ name, namespace, body }, headers));
  } catch (error) {
    if (codeOf(error) !== 404) throw error;
  }
}

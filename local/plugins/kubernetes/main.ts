import { version } from "@pulumi/kubernetes/package.json";
import { connectEngine } from "../rpc/engine";
import { engineAddress, serve } from "../rpc/server";
import { KubernetesProvider } from "./provider";

void serve(new KubernetesProvider(version, connectEngine(engineAddress(process.argv))));

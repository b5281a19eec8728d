import { version } from "@pulumi/random/package.json";
import { serve } from "../rpc/server";
import { RandomProvider } from "./provider";

void serve(new RandomProvider(version));

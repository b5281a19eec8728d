import { version } from "@pulumi/random/package.json";
import { serve } from "../rpc/server";
import { randomPreviewVariable } from "./preview";
import { RandomProvider } from "./provider";

const previewsValues = process.env[randomPreviewVariable] === "values";

void serve(new RandomProvider(version, previewsValues));

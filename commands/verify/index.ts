export { reportVerification, type Verification } from "./print";
export type { VerifyReport } from "./report";
export { UnreachableError } from "./snapshot";
export { type VerifyOptions, verify } from "./verify";

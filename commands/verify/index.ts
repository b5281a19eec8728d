export { type PrintOptions, reportVerification, type Verification } from "./print";
export { formatJson, type VerifyReport } from "./report";
export { UnreachableError } from "./snapshot";
export { type VerifyOptions, verify } from "./verify";

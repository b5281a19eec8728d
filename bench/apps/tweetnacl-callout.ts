import crypto = require("node:crypto");

import { fromSeed } from "@nats-io/nkeys";
import { encodeKeyPair } from "../../components/identity/nkey";

/**
 * The authorization callout as it would be if it signed as the libraries of NATS do, in JavaScript: the program itself, with Node's `sign`
 * exchanged for theirs.
 */
function signByLibrary(_algorithm: null, data: Uint8Array, key: crypto.KeyObject): Buffer {
  const { d = "" } = key.export({ format: "jwk" });
  const { seed } = encodeKeyPair("account", Buffer.from(d, "base64url"));
  return Buffer.from(fromSeed(Buffer.from(seed)).sign(data));
}

Object.assign(crypto, { sign: signByLibrary });
require("../../services/auth-callout/main");

import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";

new PolicyPack("nats-platform", { policies: [...policies] });

import assert from "node:assert/strict";
import fc from "fast-check";
import type { AppPolicy } from "../../../../components/auth-callout/names";
import { appAccess } from "../../../../components/tenant/roles";
import { appPermissions } from "../../../../services/auth-callout/permissions";
import { everySubject, matches } from "./matching";

const pub = "nats.io/allowed-pub-subjects";
const sub = "nats.io/allowed-sub-subjects";
const nothing: AppPolicy = { suspended: false, publish: [], subscribe: [] };
const workload = (annotations: Record<string, string> = {}, serviceAccount = "web") => ({
  namespace: "shop",
  serviceAccount,
  annotations,
});

describe("permissions of an app", () => {
  it("are its namespace's subjects and its own inboxes when nothing is asked for", () => {
    assert.deepEqual(appPermissions(workload(), { ...nothing, publish: [">"], subscribe: [">"] }), {
      publish: ["shop.>"],
      subscribe: ["shop.>", "_INBOX_APP.shop.web.>"],
      problems: [],
    });
  });

  it("have an inbox prefix of one token, whatever the ServiceAccount is called", () => {
    assert.equal(appPermissions(workload({}, "a.b-c.d"), nothing).subscribe[1], "_INBOX_APP.shop.a_b-c_d.>");
  });

  it("differ in their inboxes for every two ServiceAccounts", () => {
    const label = fc.stringMatching(/^[a-c]([-a-c]{0,2}[a-c])?$/);
    const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
    const account = fc.record({ namespace: label, serviceAccount: name });
    const inbox = (one: { namespace: string; serviceAccount: string }) =>
      appPermissions({ ...one, annotations: {} }, nothing).subscribe[1];
    fc.assert(
      fc.property(account, account, (one, other) => {
        const same = one.namespace === other.namespace && one.serviceAccount === other.serviceAccount;
        assert.equal(inbox(one) === inbox(other), same);
      }),
    );
  });

  it("are more by annotations as far as the tenant grants it, each action by its own", () => {
    const policy = { suspended: false, publish: ["orders.>"], subscribe: ["invoices.>"] };
    const annotations = { [pub]: "orders.new,invoices.paid", [sub]: "invoices.*, orders.new" };
    assert.deepEqual(appPermissions(workload(annotations), policy), {
      publish: ["shop.>", "orders.new"],
      subscribe: ["shop.>", "_INBOX_APP.shop.web.>", "invoices.*"],
      problems: [
        `annotation ${pub}: the tenant does not grant invoices.paid: it grants orders.>; ask its owner for tenant.apps.publish`,
        `annotation ${sub}: the tenant does not grant orders.new: it grants invoices.>; ask its owner for tenant.apps.subscribe`,
      ],
    });
  });

  for (const subject of [">", "*.>", "*.new", "_INBOX.>", "_INBOX_APP.shop.other.>", "_INBOX_*.x"]) {
    it(`never are inboxes of others, though the tenant grants everything: ${subject}`, () => {
      for (const annotation of [pub, sub]) {
        const policy = { ...nothing, publish: [">"], subscribe: [">"] };
        const { publish, subscribe, problems } = appPermissions(workload({ [annotation]: subject }), policy);
        assert.deepEqual([publish, subscribe], [["shop.>"], ["shop.>", "_INBOX_APP.shop.web.>"]]);
        assert.equal(problems.length, 1);
      }
    });
  }

  it("take an annotation below the namespace's own name for what it is, superfluous", () => {
    const annotations = { [pub]: "shop.orders, shop.>", [sub]: "shop.*" };
    assert.deepEqual(appPermissions(workload(annotations), nothing), {
      publish: ["shop.>"],
      subscribe: ["shop.>", "_INBOX_APP.shop.web.>"],
      problems: [],
    });
    assert.equal(appPermissions(workload({ [pub]: "shop" }), nothing).problems.length, 1);
  });

  it("let nobody subscribe a.* where a.> is not granted, because a server takes one for the other", () => {
    const policy = { suspended: false, publish: ["a.*"], subscribe: ["a.*"] };
    const of = (subscribe: string) => appPermissions(workload({ [pub]: "a.*", [sub]: subscribe }), policy);
    assert.deepEqual(of("a.*, a.b"), {
      publish: ["shop.>", "a.*"],
      subscribe: ["shop.>", "_INBOX_APP.shop.web.>", "a.b"],
      problems: [
        `annotation ${sub}: who may subscribe a.* may subscribe a.>, which the tenant does not grant: name the subjects one by one, or ask its owner for a.> in tenant.apps.subscribe`,
      ],
    });
    const all = appPermissions(workload({ [sub]: "*" }), { ...nothing, subscribe: ["*"] });
    assert.deepEqual(all.subscribe, ["shop.>", "_INBOX_APP.shop.web.>"]);
  });

  it("are not more when an annotation asks for more than is granted, even in part", () => {
    const { publish, problems } = appPermissions(workload({ [pub]: ">" }), { ...nothing, publish: ["orders.>"] });
    assert.deepEqual(publish, ["shop.>"]);
    assert.equal(problems.length, 1);
    assert.match(
      appPermissions(workload({ [pub]: "a" }), nothing).problems[0] ?? "",
      /it grants nothing; ask its owner/,
    );
  });

  const all = { suspended: false, publish: [">"], subscribe: [">"] };
  const forbidden: [string, string, string][] = [
    [pub, "$SYS.REQ.SERVER.PING", "$SYS.>"],
    [pub, "$JS.API.STREAM.DELETE.orders", "$JS.API.STREAM.DELETE.*"],
    [pub, "$JS.API.META.LEADER.STEPDOWN", "$JS.API.META.>"],
    [sub, "$SYS.>", "$SYS.>"],
    [sub, "$JS.API.>", "$JS.API.>"],
  ];
  for (const [annotation, subject, pattern] of forbidden) {
    it(`never hold ${subject} by ${annotation}, even of a tenant that grants everything`, () => {
      assert.deepEqual(appPermissions(workload({ [annotation]: subject }), all), {
        ...appPermissions(workload(), all),
        problems: [`annotation ${annotation}: ${subject} is for no app (${pattern}): use a user of the tenant's file`],
      });
    });
  }

  it("are not changed by an annotation that is misspelt, which is told; those of others are not our affair", () => {
    const annotations = { "nats.io/allowed-pub-subject": "a", "NATS.io/x": "a", "prometheus.io/scrape": "true" };
    assert.deepEqual(appPermissions(workload(annotations), all), {
      ...appPermissions(workload(), all),
      problems: [`annotation nats.io/allowed-pub-subject is not known: there are ${pub} and ${sub}`],
    });
  });

  it("tell what of an annotation is no subject, and that it is empty or too long", () => {
    const problems = (text: string) => appPermissions(workload({ [sub]: text }), all).problems;
    assert.deepEqual(problems(""), [
      `annotation ${sub}: is empty: name subjects separated by commas, or leave the annotation out`,
    ]);
    assert.match(problems("a,b c")[0] ?? "", /^annotation nats\.io\/allowed-sub-subjects: "b c" is not a subject/);
    assert.match(problems(Array(101).fill("a").join(","))[0] ?? "", /names 101 subjects; only the first 100 count/);
  });

  it("are no more than the workload's own and what is granted, whatever annotations say", () => {
    const tokens = ["a", "b", "shop", "_INBOX", "$SYS"];
    const universe = everySubject(tokens);
    const token = fc.constantFrom(...tokens, "*");
    const pattern = fc
      .tuple(fc.array(token, { maxLength: 3 }), fc.boolean())
      .filter(([parts, open]) => parts.length > 0 || open)
      .map(([parts, open]) => (open ? [...parts, ">"] : parts).join("."));
    const mistake = fc.constantFrom("", ">.a", "a b", "a*", "..", "{{name()}}", "\u0000", "a,,>", "a\n>");
    const text = fc.array(fc.oneof({ weight: 4, arbitrary: pattern }, mistake, fc.string()), { maxLength: 5 });
    const annotations = fc.dictionary(
      fc.constantFrom(pub, sub, "nats.io/allowed-subjects", "nats.io/", "other"),
      text.map((parts) => parts.join(",")),
    );
    const grants = fc.array(pattern, { maxLength: 3 });
    const mayDo = { publish: 0, subscribe: 0 };
    fc.assert(
      fc.property(annotations, grants, grants, (asked, publish, subscribe) => {
        const policy = { suspended: false, publish, subscribe };
        const got = appPermissions(workload(asked), policy);
        const own = { publish: ["shop.>"], subscribe: ["shop.>", "_INBOX_APP.shop.web.>"] };
        for (const action of ["publish", "subscribe"] as const) {
          const { deny = [] } = appAccess.permissions[action];
          assert.deepEqual(got[action].slice(0, own[action].length), own[action]);
          const more = got[action].slice(own[action].length);
          mayDo[action] += more.length;
          for (const subject of more) {
            const matched = universe.filter((one) => matches(subject, one));
            const outside = matched.filter((one) => !policy[action].some((grant) => matches(grant, one)));
            assert.deepEqual(outside, [], `${subject} is more than is granted`);
            // What a server leaves of it, by the role's deny list, is something, and nothing of others' inboxes or of the system's.
            const left = matched.filter((one) => !deny.some((denied) => matches(denied, one)));
            assert.ok(left.every((one) => !one.startsWith("$SYS.")));
            if (action === "subscribe") assert.ok(left.every((one) => !one.startsWith("_INBOX.")));
            assert.ok(!deny.some((denied) => matches(denied, subject.replace(/\*/g, "a").replace(/>$/, "a"))));
          }
          if (asked[action === "publish" ? pub : sub] === undefined) assert.deepEqual(more, []);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(mayDo.publish > 20 && mayDo.subscribe > 20, "annotations were followed, too");
  });
});

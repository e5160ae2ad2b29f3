import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { arrayAt, at, stringAt, type JsonObject, type JsonValue } from "../../src/core/index.ts";
import { DEFAULT_BUDGETS, type ListenerName } from "../../src/server/index.ts";
import { startTestService } from "../server/harness.ts";
import { deploy, manifest, manifestFiles, objectsOf } from "./manifests.ts";

const PROVIDERS = manifest("gatekeeper/providers.yaml");
const CONSTRAINTS = manifest("gatekeeper/constraint.yaml");
const MUTATIONS = manifest("gatekeeper/mutation.yaml");
const CLUSTER_POLICY = manifest("kyverno/cluster-policy.yaml");
const VALIDATING_POLICY = manifest("kyverno/validating-policy.yaml");
const WEBHOOKS = ["webhook/validating.yaml", "webhook/mutating.yaml"].flatMap((file) => manifest(file));

const PORTS: Readonly<Record<string, ListenerName>> = {
  "8443": "gatekeeper",
  "8444": "kyverno",
  "8445": "admission",
};

function strings(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) throw new Error("expected a list");
  return value.map(String);
}

function webhookOf(object: JsonObject): JsonValue {
  return arrayAt(object, "webhooks")?.[0] ?? null;
}

/** Every address of assay that the manifests name. */
function addresses(): readonly string[] {
  const urls = manifestFiles().flatMap((file) =>
    Array.from(
      readFileSync(join(deploy, file), "utf8").matchAll(/https:\/\/assay\.assay\.svc(:\d+\/[\w/-]+)/g),
      ([, rest = ""]) => rest,
    ),
  );
  const services = WEBHOOKS.map((object) => {
    const service = at(webhookOf(object), "clientConfig", "service");
    return `:${JSON.stringify(at(service, "port"))}${stringAt(service, "path") ?? ""}`;
  });
  return [...urls, ...services];
}

describe("deploy/", () => {
  it("holds YAML that is strictly read, of objects with a kind and a name", () => {
    expect(manifestFiles()).to.have.lengthOf(9);
    for (const file of manifestFiles()) {
      for (const object of manifest(file)) {
        expect(stringAt(object, "apiVersion"), file).to.be.a("string");
        expect(stringAt(object, "kind"), file).to.be.a("string");
        expect(stringAt(object, "metadata", "name"), file).to.match(/^[a-z0-9-]+$/);
      }
    }
  });

  it("asks for paths that assay answers, on the listener that is for them", async () => {
    expect(addresses()).to.have.lengthOf(7);
    for (const address of addresses()) {
      const [, port = "", path = ""] = /^:(\d+)(\/.*)$/.exec(address) ?? [];
      const service = await startTestService({ listener: PORTS[port] ?? "metrics" });
      try {
        const { status } = await service.call("POST", path, {});
        expect(status, address).not.to.be.oneOf([404, 405]);
      } finally {
        await service.close();
      }
    }
  });

  it("T222 gives every caller more time than assay takes for its answer, and never none", () => {
    const [validate, mutate, audit] = PROVIDERS.map(
      (provider) => Number(at(provider, "spec", "timeout")) * 1000,
    );
    expect(validate).to.be.greaterThan(DEFAULT_BUDGETS.gatekeeper);
    expect(audit).to.be.greaterThan(DEFAULT_BUDGETS.gatekeeper);
    expect(mutate).to.be.greaterThan(DEFAULT_BUDGETS.gatekeeperMutate);
    for (const object of WEBHOOKS) {
      const timeout = Number(at(webhookOf(object), "timeoutSeconds")) * 1000;
      expect(timeout).to.be.greaterThan(DEFAULT_BUDGETS.admission);
    }
    for (const policy of [...CLUSTER_POLICY, ...VALIDATING_POLICY]) {
      const timeout = Number(at(policy, "spec", "webhookConfiguration", "timeoutSeconds")) * 1000;
      expect(timeout).to.be.greaterThan(DEFAULT_BUDGETS.kyverno);
    }
  });

  it("fails closed wherever a caller can say what no answer means", () => {
    const said = [
      ...WEBHOOKS.map((object) => stringAt(webhookOf(object), "failurePolicy")),
      ...MUTATIONS.map((object) =>
        stringAt(object, "spec", "parameters", "assign", "externalData", "failurePolicy"),
      ),
      ...CLUSTER_POLICY.map((policy) => stringAt(policy, "spec", "webhookConfiguration", "failurePolicy")),
      ...VALIDATING_POLICY.map((policy) => stringAt(policy, "spec", "failurePolicy")),
    ];
    expect(new Set(said)).to.deep.equal(new Set(["Fail"]));
    expect(said).to.have.lengthOf(7);
  });

  it("A138 guards the same kinds through every caller", () => {
    const asResource = (kind: string): string => `${kind.toLowerCase()}s`;
    const inRules = (rules: readonly JsonValue[] = []) =>
      rules.flatMap((rule) => strings(at(rule, "resources")));
    const lists = [
      ...WEBHOOKS.map((object) => inRules(arrayAt(webhookOf(object), "rules"))),
      ...VALIDATING_POLICY.map((policy) =>
        inRules(arrayAt(policy, "spec", "matchConstraints", "resourceRules")),
      ),
      ...CLUSTER_POLICY.map((policy) =>
        strings(at(policy, "spec", "rules", 0, "match", "any", 0, "resources", "kinds")).map((kind) =>
          kind.includes("/") ? kind.toLowerCase().replace("/", "s/") : asResource(kind),
        ),
      ),
      // Gatekeeper's constraints name kinds; its webhook sees their subresources without being told.
      ...CONSTRAINTS.map((constraint) => [
        "pods/ephemeralcontainers",
        ...(arrayAt(constraint, "spec", "match", "kinds") ?? [])
          .flatMap((entry) => strings(at(entry, "kinds")))
          .map(asResource),
      ]),
    ];
    const [wanted = []] = lists;
    expect(wanted).to.have.lengthOf(10);
    expect(lists).to.have.lengthOf(6);
    for (const list of lists) expect(list).to.have.members(wanted);
  });

  it("A069 has Kyverno judge updates of what it would deny as it was", () => {
    for (const policy of CLUSTER_POLICY) {
      expect(at(policy, "spec", "rules", 0, "validate", "allowExistingViolations")).to.equal(false);
    }
  });

  it("T233 leaves out the cluster's and assay's own namespace, and besides them only the asking controller's", () => {
    const lists = [
      ...[...CONSTRAINTS, ...MUTATIONS].map((object) => at(object, "spec", "match", "excludedNamespaces")),
      ...WEBHOOKS.map((object) =>
        at(webhookOf(object), "namespaceSelector", "matchExpressions", 0, "values"),
      ),
      ...VALIDATING_POLICY.map((policy) =>
        at(policy, "spec", "matchConstraints", "namespaceSelector", "matchExpressions", 0, "values"),
      ),
      ...CLUSTER_POLICY.map((policy) =>
        at(policy, "spec", "rules", 0, "exclude", "any", 0, "resources", "namespaces"),
      ),
    ];
    for (const list of lists) {
      expect(strings(list)).to.include.members(["assay", "kube-system"]);
      const others = strings(list).filter((name) => !["assay", "kube-system"].includes(name));
      expect([[], ["gatekeeper-system"], ["kyverno"]]).to.deep.include(others);
    }
  });

  it("T234 leaves out namespaces by their names alone, which no tenant can give to another", () => {
    const selectors = [
      ...WEBHOOKS.map((object) => at(webhookOf(object), "namespaceSelector")),
      ...VALIDATING_POLICY.map((policy) => at(policy, "spec", "matchConstraints", "namespaceSelector")),
    ];
    expect(selectors.length).to.be.greaterThan(2);
    for (const selector of selectors) {
      expect(Object.keys(selector as object)).to.deep.equal(["matchExpressions"]);
      const expressions = at(selector, "matchExpressions") as readonly JsonValue[];
      expect(expressions.map((one) => at(one, "key"))).to.deep.equal(["kubernetes.io/metadata.name"]);
    }
    for (const object of WEBHOOKS) expect(at(webhookOf(object), "objectSelector")).to.equal(undefined);
  });

  it("has in the chart the same ClusterPolicy as beside it", () => {
    const copy = readFileSync(join(deploy, "helm/assay/files/cluster-policy.yaml"), "utf8");
    expect(copy).to.equal(readFileSync(join(deploy, "kyverno/cluster-policy.yaml"), "utf8"));
    expect(objectsOf(copy)).to.have.lengthOf(1);
  });
});

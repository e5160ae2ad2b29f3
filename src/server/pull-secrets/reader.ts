import { failure, stringAt, success, type JsonValue, type Reason, type Result } from "../../core/index.ts";
import type { PullNames } from "../../decision/index.ts";
import type { DockerAuths } from "../../registry/index.ts";
import { isObjectName, type ApiAnswer, type ApiServer } from "../kubernetes/index.ts";
import { isNamespace } from "../key.ts";
import { MOST_SECRETS, secretNames } from "./names.ts";
import type { PullSecretCode } from "./reasons.ts";
import { Remembered, type Found } from "./remembered.ts";
import { readPullSecret } from "./secret.ts";

/** Milliseconds for which is remembered what was found, that nothing was there, and that nobody could say. */
const LIFETIMES = { found: 30_000, missing: 5_000, fault: 1_000 } as const;

const LIMITS = { entries: 10_000, weight: 16 * 1024 * 1024, fresh: 2_000 } as const;

/** Bytes of an object; Kubernetes keeps none that is larger. */
const LARGEST_OBJECT = 2 * 1024 * 1024;

/** What an entry weighs besides its secret. */
const OVERHEAD = 200;

type Answer<T> = Result<T, PullSecretCode>;

interface Wanted {
  /** Nothing remembered will do, unless it is of this moment: what was given before has been refused. */
  readonly fresh: boolean;
}

/** Reads pull secrets through the API server: exactly the kinds, names and namespaces that it is told. Never throws. */
export class PullSecretReader {
  readonly #server: ApiServer;
  readonly #secrets: Remembered<Answer<DockerAuths>>;
  readonly #accounts: Remembered<Answer<readonly string[]>>;

  constructor(server: ApiServer, elapsed: () => number = () => performance.now()) {
    this.#server = server;
    this.#secrets = new Remembered(LIMITS, elapsed);
    this.#accounts = new Remembered(LIMITS, elapsed);
  }

  /**
   * The credentials of each secret that a pod of the namespace is given: those that it names itself, else those of its
   * service account (kubernetes, plugin/pkg/admission/serviceaccount). A secret or account that is not there has none, as
   * for the kubelet; where nobody can say, the failure says why, and is never taken for none.
   */
  async read(
    namespace: string,
    { serviceAccount, secrets }: PullNames,
    wanted: Wanted,
  ): Promise<Answer<readonly DockerAuths[]>> {
    const named =
      secrets.length > 0 ? success(secrets) : await this.#account(namespace, serviceAccount, wanted);
    if (!named.ok) return named;
    if (named.value.length > MOST_SECRETS) {
      const message = `the pod has more than ${MOST_SECRETS} pull secrets, more than are read`;
      return failure("credentials.too_many", message);
    }
    const found: DockerAuths[] = [];
    for (const auths of await Promise.all(named.value.map((name) => this.#secret(namespace, name, wanted)))) {
      if (!auths.ok) return auths;
      found.push(auths.value);
    }
    return success(found);
  }

  #account(namespace: string, name: string, wanted: Wanted): Promise<Answer<readonly string[]>> {
    return this.#accounts.get(`${namespace}/${name}`, wanted, () =>
      this.#find<readonly string[]>("serviceaccounts", namespace, name, [], (account) =>
        success(secretNames(account)),
      ),
    );
  }

  #secret(namespace: string, name: string, wanted: Wanted): Promise<Answer<DockerAuths>> {
    return this.#secrets.get(`${namespace}/${name}`, wanted, () =>
      this.#find<DockerAuths>("secrets", namespace, name, [], (secret) => readPullSecret(secret, name)),
    );
  }

  async #find<T>(
    kind: "secrets" | "serviceaccounts",
    namespace: string,
    name: string,
    missing: T,
    read: (object: JsonValue) => Answer<T>,
  ): Promise<Found<Answer<T>>> {
    const none = { value: success(missing), lifetime: LIFETIMES.missing, weight: OVERHEAD };
    // Whatever is none of Kubernetes' names names nothing, and must not become part of a URL.
    if (!isNamespace(namespace) || !isObjectName(name)) return none;
    const what = `${kind} ${name} of the namespace ${namespace}`;
    let answer: ApiAnswer;
    try {
      answer = await this.#server.get(["api", "v1", "namespaces", namespace, kind, name], LARGEST_OBJECT);
    } catch {
      return fault({ code: "credentials.unavailable", message: `the API server did not answer for ${what}` });
    }
    const { status, body } = answer;
    if (status === 404) return none;
    if (status === 401 || status === 403) {
      const message = `the API server refuses us ${what}: a role must allow to get it`;
      return fault({ code: "credentials.forbidden", message });
    }
    if (status !== 200 || !isObject(body, namespace, name)) {
      return fault({
        code: "credentials.unavailable",
        message: `the API server answered ${what} with status ${status} and no such object`,
      });
    }
    const value = read(body);
    return {
      value,
      lifetime: LIFETIMES.found,
      weight: OVERHEAD + (value.ok ? JSON.stringify(value).length : 0),
    };
  }
}

function isObject(object: JsonValue, namespace: string, name: string): boolean {
  return (
    stringAt(object, "metadata", "name") === name && stringAt(object, "metadata", "namespace") === namespace
  );
}

function fault<T>(reason: Reason<PullSecretCode>): Found<Answer<T>> {
  return { value: { ok: false, reason }, lifetime: LIFETIMES.fault, weight: OVERHEAD };
}

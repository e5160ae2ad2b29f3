import { isArray, member, stringAt, type JsonValue } from "../../core/index.ts";
import { Certificate, certificatesInPem } from "../certificate.ts";
import { refuse } from "../refusal.ts";
import { RevocationList, revocationListsInPem } from "../revocation-list.ts";
import { naming } from "../trust-fault.ts";

const MAX_CERTIFICATES = 32;
const TYPES = ["ca", "signingAuthority", "tsa"] as const;

/** A named trust store of the Notary Project (trust-store-trust-policy.md), with what is known of revocations. */
export interface NotaryStore {
  readonly name: string;
  /** Whose certificates these are: they count for that purpose alone. */
  readonly type: (typeof TYPES)[number];
  readonly certificates: readonly Certificate[];
  readonly revocationLists: readonly RevocationList[];
  /**
   * `enforce`: where there are lists here, or a certificate says that there is such a service, a current list must cover
   * it. `skip`: nothing is asked, as where a verification level of the Notary Project overrides it.
   */
  readonly revocation: "enforce" | "skip";
}

/** One member of `data.trust.notary`: `{ type, pem, crls, revocation }`, certificates and lists in PEM. */
export function storeFromData(name: string, value: JsonValue): NotaryStore {
  return naming(`trust store ${name}`, () => {
    const type = TYPES.find((known) => known === stringAt(value, "type"));
    if (type === undefined) return refuse("format.invalid", `its type is none of ${TYPES.join(", ")}`);
    const certificates = certificatesInPem(stringAt(value, "pem") ?? "", MAX_CERTIFICATES).map(
      (der) => new Certificate(der, "certificate.invalid"),
    );
    if (certificates.length === 0) return refuse("format.invalid", "there is no certificate in PEM");
    return { name, type, certificates, ...revocationFrom(value) };
  });
}

function revocationFrom(value: JsonValue): Pick<NotaryStore, "revocationLists" | "revocation"> {
  const texts = member(value, "crls") ?? [];
  const revocation = member(value, "revocation") ?? "enforce";
  if (!isArray(texts)) return refuse("format.invalid", "crls is not a list");
  if (revocation !== "enforce" && revocation !== "skip") {
    return refuse("format.invalid", "revocation is neither enforce nor skip");
  }
  const lists = texts.map((text) => {
    const found = revocationListsInPem(typeof text === "string" ? text : "");
    return found.length > 0
      ? found.map((der) => new RevocationList(der))
      : refuse("format.invalid", "one of the crls is no X509 CRL in PEM");
  });
  if (revocation === "skip" && lists.length > 0) {
    return refuse("format.invalid", "revocation is to be skipped, and yet there are crls");
  }
  return { revocationLists: lists.flat(), revocation };
}

/** The stores of this type that hold a certificate of the chain: the same bytes, not only the same name. */
export function storesOf(
  chain: readonly Certificate[],
  type: NotaryStore["type"],
  stores: readonly NotaryStore[],
): readonly NotaryStore[] {
  return stores.filter(
    (store) =>
      store.type === type &&
      chain.some(({ der }) => store.certificates.some((trusted) => trusted.der.equals(der))),
  );
}

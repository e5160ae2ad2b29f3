import { isArray, member, stringAt, type JsonValue } from "../core/index.ts";
import { Certificate, certificatesInPem } from "./certificate.ts";
import { OwnAuthority } from "./own-authority.ts";
import { refuse } from "./refusal.ts";
import { RevocationList, revocationListsInPem } from "./revocation-list.ts";
import { instant, naming } from "./trust-fault.ts";

const MAX_AUTHORITY_CERTIFICATES = 32;

/**
 * One member of `data.trust.authorities`: `{ pem, crls, from, to }`, each text with one or several PEM blocks. Where
 * there are no revocation lists, none is asked for.
 */
export function authorityFromData(name: string, value: JsonValue): OwnAuthority {
  const from = instant(name, value, "from")?.getTime() ?? -Infinity;
  const to = instant(name, value, "to")?.getTime() ?? Infinity;
  return naming(`certificate authority ${name}`, () => {
    const certificates = certificatesInPem(stringAt(value, "pem") ?? "", MAX_AUTHORITY_CERTIFICATES).map(
      (der) => new Certificate(der, "certificate.invalid"),
    );
    if (!certificates.some(({ isAuthority }) => isAuthority)) {
      return refuse("format.invalid", "there is no PEM block of a certificate authority's certificate");
    }
    const texts = member(value, "crls") ?? [];
    if (!isArray(texts)) return refuse("format.invalid", "crls is not a list");
    const lists = texts.map((text) => {
      const found = revocationListsInPem(typeof text === "string" ? text : "");
      return found.length > 0
        ? found.map((der) => new RevocationList(der))
        : refuse("format.invalid", "one of the crls is no X509 CRL in PEM");
    });
    return new OwnAuthority(name, certificates, lists.flat(), { start: from, end: to });
  });
}

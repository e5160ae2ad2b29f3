/**
 * The value of an attribute in a distinguished name, written in one way only: what separates, quotes or could be lost
 * stands as `\2C` (RFC 4514 §2.4). So a name that is joined by `, ` and `=` can be taken apart at them again, and two
 * names are the same where their texts are.
 */
export function escapeNameValue(text: string): string {
  return text.replaceAll(
    /["+,;<=>\\*]|^[ #]| $/g,
    (character) => `\\${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Shared: nobody changes it. */
const NO_QUERY = new URLSearchParams();

/** The parameters of a request's URL, which nothing else may parse in another way. */
export function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return start === -1 ? NO_QUERY : new URLSearchParams(url.slice(start + 1));
}

/** A request's path to the letter, as it was sent. */
export function pathOf(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? url : url.slice(0, start);
}

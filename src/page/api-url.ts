/** The URL of a path of the monitor, relative to the page, with the page's token. */
export function apiUrl(path: string): URL {
  const page = new URL(window.location.href);
  const url = new URL(path.slice(1), page);
  const token = page.searchParams.get("token");
  if (token !== null) url.searchParams.set("token", token);
  return url;
}

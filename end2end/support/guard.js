/// Collects what no page may do, whatever the test is about: speak to another origin, lose a request, load something
/// that is refused, violate its policy, throw, or complain on the console.
export function watch(context, origin) {
  const faults = [];
  const isPage = url => pages.has(url);
  const pages = new Set();

  context.on('request', request => {
    if (request.isNavigationRequest()) pages.add(request.url());
    if (new URL(request.url()).origin !== origin) faults.push(`request to another origin: ${request.url()}`);
  });
  context.on('requestfailed', request => {
    const why = request.failure()?.errorText;
    // The browser's own doing, when a page is left before all of it has come.
    if (why !== 'net::ERR_ABORTED') faults.push(`request failed: ${request.url()} ${why}`);
  });
  context.on('response', response => {
    const refused = response.status() >= 400 && !response.request().isNavigationRequest();
    if (refused) faults.push(`answer ${response.status()}: ${response.url()}`);
  });
  context.on('weberror', error => faults.push(`uncaught: ${error.error().stack}`));
  context.on('console', message => {
    // A page's own status is the test's matter.
    const ownStatus = message.text().startsWith('Failed to load resource') && isPage(message.location().url);
    const complaint = ['error', 'warning', 'assert'].includes(message.type());
    if (complaint && !ownStatus) faults.push(`console ${message.type()}: ${message.text()}`);
  });
  return faults;
}

/// Collects what no page may do, whatever the test is about: speak to another origin, lose a request, load something
/// that is refused, violate its policy, throw, or complain on the console.
export function watch(context, origin, javaScriptEnabled) {
  const faults = [];
  const pages = new Set();

  context.on('request', request => {
    if (request.isNavigationRequest()) pages.add(request.url());
    if (new URL(request.url()).origin !== origin) faults.push(`request to another origin: ${request.url()}`);
  });
  context.on('requestfailed', request => {
    const why = request.failure()?.errorText;
    // The browser's own doing: a page was left before all of it had come, or scripts are switched off.
    const left = why === 'net::ERR_ABORTED';
    const switchedOff = !javaScriptEnabled && request.resourceType() === 'script';
    if (!left && !switchedOff) faults.push(`request failed: ${request.url()} ${why}`);
  });
  context.on('response', response => {
    const refused = response.status() >= 400 && !response.request().isNavigationRequest();
    if (refused) faults.push(`answer ${response.status()}: ${response.url()}`);
  });
  context.on('weberror', error => faults.push(`uncaught: ${error.error().stack}`));
  context.on('console', message => {
    const text = message.text();
    const complaint = ['error', 'warning', 'assert'].includes(message.type());
    // The status of a page is the test's matter.
    const ownStatus = text.startsWith('Failed to load resource') && pages.has(message.location().url);
    // What the islands need comes early, which is in vain where scripts are switched off.
    const inVain = !javaScriptEnabled && text.includes('preloaded using link preload but not used');
    if (complaint && !ownStatus && !inVain) faults.push(`console ${message.type()}: ${text}`);
  });
  return faults;
}

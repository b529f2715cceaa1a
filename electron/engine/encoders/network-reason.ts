/** What a code of Node or of its `fetch` means for a reader who waits for a download. */
const sentences: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: (host) => `${host} was not found: this computer has no network, or needs a proxy`,
  EAI_AGAIN: (host) => `${host} was not found: this computer has no network, or needs a proxy`,
  ENETUNREACH: (host) => `${host} cannot be reached from this network`,
  EHOSTUNREACH: (host) => `${host} cannot be reached from this network`,
  ECONNREFUSED: (host) => `${host} refused the connection`,
  ECONNRESET: (host) => `the connection to ${host} was cut`,
  UND_ERR_SOCKET: (host) => `the connection to ${host} was cut`,
  ETIMEDOUT: (host) => `${host} did not answer in time`,
  UND_ERR_CONNECT_TIMEOUT: (host) => `${host} did not answer in time`,
  UND_ERR_HEADERS_TIMEOUT: (host) => `${host} did not answer in time`,
  UND_ERR_BODY_TIMEOUT: (host) => `${host} sent nothing more for a long time`,
  CERT_HAS_EXPIRED: (host) => `the certificate of ${host} has expired`,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
}

function untrusted(host: string): string {
  return `the certificate of ${host} is not trusted here; where a network inspects its traffic, name the network's authority in NODE_EXTRA_CA_CERTS or in the policy`
}

/**
 * Why `fetch` failed, as a part of a sentence. The message of `fetch` itself is only "fetch failed"; its cause has the code.
 * A message without a known code stays as it is.
 * @param url of the request, or of the proxy's target
 */
export function networkReason(error: unknown, url: string): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : error
  const sentence = 'code' in cause ? sentences[String(cause.code)] : undefined
  return sentence?.(hostOf(url)) ?? cause.message
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url)

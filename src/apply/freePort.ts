import { createServer } from 'node:net';
import { hasCode } from '../store/file.ts';

/**
 * True when nobody listens on this TCP port of this machine. Each address is tried for itself: beside a server on 127.0.0.1 alone
 * macOS gives out the same port of "every address".
 */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::']) if (!(await canListen(port, host))) return false;
  return true;
}

/** An address that this machine does not have (no IPv6) takes no port away. */
function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(!hasCode(error, 'EADDRINUSE') && !hasCode(error, 'EACCES')));
    server.listen({ port, host, exclusive: true, ipv6Only: true }, () => server.close(() => resolve(true)));
  });
}

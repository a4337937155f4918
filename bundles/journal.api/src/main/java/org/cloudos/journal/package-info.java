/**
 * The system's journal: every record that bundles, third-party libraries, services and the kernel write, found again by
 * {@link org.cloudos.journal.Query}. Providers are thread-safe; records and queries are immutable.
 *
 * <p>Keys that have a meaning everywhere, see {@link org.cloudos.journal.Entry#values()}:
 * <table>
 * <caption>Well-known keys</caption>
 * <tr><td>{@code unit}</td><td>the service's unit, {@code redis.service}</td></tr>
 * <tr><td>{@code pid}</td><td>the native process that wrote</td></tr>
 * <tr><td>{@code source}</td><td>{@code service}, {@code kernel}, {@code syslog}; absent for bundles</td></tr>
 * <tr><td>{@code host}</td><td>the sender of a record that came over the network</td></tr>
 * <tr><td>{@code facility}, {@code severity}</td><td>syslog's, RFC 5424 §6.2.1, by name: {@code daemon}, {@code notice}</td></tr>
 * </table>
 */
@Export
@Version("1.0.0")
package org.cloudos.journal;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

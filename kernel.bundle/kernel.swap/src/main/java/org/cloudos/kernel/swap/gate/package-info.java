/**
 * Gates before services: proxies in which callers wait while the provider behind them is swapped. Hooks hide the
 * provider's own service, so that callers need no API of ours.
 *
 * <p>Lock order: {@code Gates}, then {@code Hold} (monitors). Code of others (service objects, listeners, factories)
 * is never called with one of them held.
 *
 * <p>What runs while callers wait is plain loops: the first use of a lambda, a stream or a pattern switch costs
 * milliseconds.
 */
package org.cloudos.kernel.swap.gate;

/**
 * The journal over HTTP: what was written as lines of JSON, what is being written as server-sent events (WHATWG HTML §9.2).
 * A client's state is its place in the journal, which it can name when it comes again; nothing is buffered for it.
 */
package org.cloudos.journal.http;

/**
 * The revisions of the configuration's files, on the medium. A change is drawn like this; a cut at any point leaves
 * the old files or the new ones as soon as {@link org.cloudos.config.store.History#recover} has run:
 * <pre>
 *   history/N.json (ON_TRIAL)  ->  history/pending = N  ->  the files, each by rename  ->  applied, perhaps confirmed
 *                              ->  history/N.json (APPLIED)  ->  history/good = N  ->  pending removed
 * </pre>
 */
package org.cloudos.config.store;

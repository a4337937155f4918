/**
 * From the JVM's first instruction to a running framework and back: reads the profile, lays the good set of
 * deployed bundles over it, starts Felix with the profile's classes on the class path, and ends in order.
 *
 * <p>Everything up to the first prompt runs in an interpreter that may itself be emulated. So the code on that way
 * is plain loops over arrays: no streams, no lambdas, no regular expressions, no {@code String.format}.
 */
package org.cloudos.launcher;
